"""The whole product in one process: the real service, its engine's child, and the stand-in over HTTP."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot import logs
from bot import settings as settings_of
from bot.app import Harbour, now
from bot.engine import releases
from bot.relay.invites import LIFETIME, new_token, token_hash
from bot.settings import Address, Secret
from bot.standin import STANDIN_TOKEN
from bot.standin.app import create_app
from bot.standin.serve import serve
from bot.standin.world import World
from bot.storage.keys import create_key_file

GROUP = -1001000000001
ADA, BEN = 2001, 2002
SECONDS = 20


@dataclass
class Product:
    """Both phones, and what they show."""

    client: httpx.AsyncClient
    service: Harbour
    folder: Path

    def logged(self) -> str:
        """Return what the service and its libraries have logged so far."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def pages(self) -> httpx.AsyncClient:
        """Return a client of the operator's pages."""
        return httpx.AsyncClient(base_url=f"http://{self.service.settings.http}", trust_env=False)

    async def post(self, what: str, **told: Any) -> dict[str, Any]:
        """Let somebody do something on their phone."""
        answer = await self.client.post(f"/standin/{what}", json=told)
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())

    async def newcomer(self, language: str = "en") -> int:
        """Return a young person nobody has seen before."""
        return int((await self.post("people", first_name="Someone", language_code=language))["id"])

    async def says(self, who: int, text: str) -> None:
        """A young person writes to the bot."""
        await self.post("send", **{"as": who, "text": text})

    async def sees(self, who: int, text: str) -> None:
        """Wait until a phone shows a text."""
        told = {"for": "message", "user": who, "contains": text, "seconds": SECONDS}
        answer = await self.client.post("/standin/wait", json=told)
        assert answer.status_code == httpx.codes.OK, f"{who} never saw {text!r}"

    async def shown(self, who: int) -> list[dict[str, Any]]:
        """Return everything a phone was shown by others, in order."""
        ledger = (await self.client.get("/standin/ledger")).json()
        return [entry for entry in ledger.get(str(who), []) if not entry["own"]]

    async def presses(self, who: int, label: str, chat: int | None = None, thread: int | None = None) -> None:
        """Press the newest button with this label that a phone shows (in one topic, if said)."""
        for entry in reversed(await self.shown(who)):
            if thread is not None and entry["thread"] != thread:
                continue
            newest = entry["edits"][-1] if entry["edits"] else entry
            for button in [b for row in newest["buttons"] for b in row]:
                if label in button["text"]:
                    where = {"chat": chat} if chat else {}
                    data = button["callback_data"]
                    await self.post(
                        "press", **{"as": who, "message": entry["message"], "data": data}, **where
                    )
                    return
        raise AssertionError(f"{who} sees no button {label}")

    async def topic_of(self, words: str) -> int:
        """Wait until these words of a person stand in a topic, and return it."""
        await self.sees(ADA, words)
        return next(e["thread"] for e in await self.shown(ADA) if words in e["text"] and e["thread"])

    async def asks_for_a_person(self, who: int, words: str) -> int:
        """A young person asks for a human; returns their topic."""
        await self.says(who, words)
        return await self.topic_of(words)

    async def claims(self, thread: int, who: int = ADA) -> None:
        """An advocate claims a topic's case."""
        await self.presses(who, "Claim", GROUP, thread)

    async def in_topic(self, thread: int, text: str, who: int = ADA) -> dict[str, Any]:
        """An advocate writes in a topic; returns their message."""
        return await self.post("send", **{"as": who, "chat": GROUP, "thread": thread, "text": text})


def free_port() -> int:
    """Return a port nobody listens on just now."""
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return int(plug.getsockname()[1])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    folder: Path = tmp_path_factory.mktemp("whole")
    log = (folder / "log").open("w", buffering=1, encoding="utf-8")
    logs.configure(logging.DEBUG, log)
    world = World(STANDIN_TOKEN)
    ring = create_key_file(folder / "key")
    async with serve(create_app(world)) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        settings = replace(
            settings_of.load({}, dotenv=folder / "none"),
            token=Secret(STANDIN_TOKEN),
            api=address,
            groups=(GROUP,),
            database_url=f"sqlite:///{folder}/harbour.db",
            http=Address("127.0.0.1", free_port()),
            paced=False,
        )
        await asyncio.to_thread(releases.ensure, settings.root, settings.models_dir)
        reached = asyncio.Event()

        async def on_ready(service: Harbour) -> None:
            reached.set()

        service = Harbour(settings, ring, on_ready)
        running = asyncio.create_task(service.run())
        await asyncio.wait([running, asyncio.create_task(reached.wait())], return_when="FIRST_COMPLETED")
        await service.engine.ready.wait()
        found = Product(client, service, folder)
        for user, alias in ((ADA, "Heron"), (BEN, "Finch")):
            await _enrol(found, user, alias)
        yield found
        service.stop()
        await running
    logs.configure(logging.CRITICAL)
    log.close()
    assert world.records.complaints == []


async def _enrol(product: Product, user: int, alias: str) -> None:
    token = new_token()
    await product.service.stores.roster.create_invite(alias, "advocate", token_hash(token), now() + LIFETIME)
    await product.says(user, f"/start {token}")
    await product.sees(user, f"Welcome, {alias}")
