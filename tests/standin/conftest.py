"""A stand-in in process with a clock that moves only when told, and the two hands that touch it."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.standin import STANDIN_TOKEN
from bot.standin.app import create_app
from bot.standin.clock import Clock
from bot.standin.inprocess import InProcess
from bot.standin.serve import serve
from bot.standin.world import World

JSON = dict[str, Any]
GROUP = -1001000000001
VIET, ARAB, ENGLISH = 3001, 3002, 3003
ADA, BEN = 2001, 2002


class BotHand:
    """Calls the Bot API as plain HTTP."""

    def __init__(self, client: httpx.AsyncClient, token: str = STANDIN_TOKEN) -> None:
        self.client = client
        self.token = token

    async def raw(self, method: str, **parameters: Any) -> httpx.Response:
        async with asyncio.timeout(20):
            return await self.client.post(f"/bot{self.token}/{method}", json=parameters)

    async def ok(self, method: str, **parameters: Any) -> Any:
        told = (await self.raw(method, **parameters)).json()
        assert told["ok"], told
        return told["result"]

    async def refused(self, method: str, **parameters: Any) -> str:
        """Return "code description" of a refusal."""
        answer = await self.raw(method, **parameters)
        told = answer.json()
        assert not told["ok"], told
        assert told["error_code"] == answer.status_code
        return f"{told['error_code']} {told['description']}"

    async def says(self, chat: int, text: str = "hello", **more: Any) -> JSON:
        return await self.ok("sendMessage", chat_id=chat, text=text, **more)

    async def updates(self, **parameters: Any) -> list[JSON]:
        """Fetch updates, after a pause long enough that the same offset is not held back."""
        await self.client.post("/standin/clock", json={"advance": 4})
        return await self.ok("getUpdates", **parameters)

    async def topic(self, name: str = "HB-7K2 blue") -> int:
        return (await self.ok("createForumTopic", chat_id=GROUP, name=name))["message_thread_id"]


class Hand:
    """Acts as people, through the control API."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def post(self, path: str, /, **told: Any) -> Any:
        if "as_" in told:
            told["as"] = told.pop("as_")
        answer = await self.client.post(f"/standin/{path}", json=told)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, path: str, /, **told: Any) -> str:
        if "as_" in told:
            told["as"] = told.pop("as_")
        answer = await self.client.post(f"/standin/{path}", json=told)
        assert answer.status_code == 400, answer.text
        return answer.json()["error"]

    async def get(self, name: str) -> Any:
        return (await self.client.get(f"/standin/{name}")).json()

    async def writes(self, who: int, text: str = "hello", **more: Any) -> JSON:
        return await self.post("send", as_=who, text=text, **more)

    async def starts(self, *who: int) -> None:
        for one in who:
            await self.writes(one, "/start")

    async def advance(self, seconds: float) -> None:
        await self.post("clock", advance=seconds)

    async def shown(self, who: int) -> list[str]:
        """Return what others' words are on someone's phone now, deleted ones left out."""
        page = (await self.get("ledger")).get(str(who), [])
        now = [
            (entry["edits"] or [entry])[-1]["text"]
            for entry in page
            if not entry["own"] and not entry["deleted_at"]
        ]
        return [text for text in now if text]


@pytest.fixture
def world() -> World:
    return World(STANDIN_TOKEN, clock=Clock(ticking=False), seed=7)


@pytest.fixture
async def app(world: World) -> AsyncIterator[Starlette]:
    made = create_app(world)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=InProcess(app), base_url="http://standin") as made:
        yield made


@pytest.fixture
def bot(client: httpx.AsyncClient) -> BotHand:
    return BotHand(client)


@pytest.fixture
def people(client: httpx.AsyncClient) -> Hand:
    return Hand(client)


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    """The stand-in on a real port, for what only real connections show."""
    async with serve(create_app(world)) as made:
        yield made


@pytest.fixture
async def far_client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=10) as made:
        yield made


@pytest.fixture
def far_bot(far_client: httpx.AsyncClient) -> BotHand:
    return BotHand(far_client)


@pytest.fixture
def far_people(far_client: httpx.AsyncClient) -> Hand:
    return Hand(far_client)


@pytest.fixture
def polling(world: World) -> Callable[[], Awaitable[None]]:
    """Returns once a long poll that was begun is waiting."""

    async def wait() -> None:
        async with asyncio.timeout(10):
            await world.clock.hold(lambda: True if world.poller.waiting else None, math.inf)

    return wait


@pytest.fixture
def form() -> Any:
    """Writes parameters as a form does: everything is text, what is not is JSON."""

    def write(**parameters: Any) -> dict[str, str]:
        return {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in parameters.items()
        }

    return write
