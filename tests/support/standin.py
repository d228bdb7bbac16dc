"""The stand-in Telegram for tests: in process for speed, over real HTTP where connections must break."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette

from bot.gateway.telegram_api import TelegramApi
from bot.standin import STANDIN_TOKEN
from bot.standin.app import create_app
from bot.standin.inprocess import InProcess
from bot.standin.serve import serve
from bot.standin.world import World

GROUP = -1001000000001
ADA, BEN = 2001, 2002
PERSON, OTHER, THIRD = 3001, 3002, 3003


@dataclass
class StandIn:
    """A world, the app over it, and our gateway connected to it."""

    world: World
    app: Starlette
    api: TelegramApi

    def does(self, what: str, **told: Any) -> dict[str, Any]:
        """Let somebody do something, as over the control API."""
        return dict(self.world.happen(what, told) or {})

    def calls(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of each call of a method."""
        return [entry["parameters"] for entry in self.world.records.requests(method)]

    def seen_by(self, user: int) -> list[str]:
        """Return what a person's phone was shown by the bot, in order."""
        return [entry["text"] for entry in self.world.ledger.page(user) if not entry["own"]]

    def topic(self, name: str = "🟡 K7") -> int:
        """Let the bot's side make a topic, without a call of ours."""
        made = self.does("topic", **{"as": ADA, "chat": GROUP, "action": "create", "name": name})
        return int(made["message_thread_id"])

    def faulty(self, method: str, action: str, **more: Any) -> None:
        """Plan something to go wrong with a method."""
        self.world.faults.add({"method": method, "action": action, **more})


@asynccontextmanager
async def standin_in_process() -> AsyncIterator[StandIn]:
    """Run the demo world without a port; fails if the bot asked for what it should not."""
    world = World(STANDIN_TOKEN)
    app = create_app(world)
    api = TelegramApi(STANDIN_TOKEN, "http://telegram.invalid", transport=InProcess(app))
    async with app.router.lifespan_context(app):
        yield met(StandIn(world, app, api))
        await api.close()
    assert world.records.complaints == []


@asynccontextmanager
async def standin_over_http() -> AsyncIterator[StandIn]:
    """Run the demo world on a free port of this machine."""
    world = World(STANDIN_TOKEN)
    app = create_app(world)
    async with serve(app) as address:
        api = TelegramApi(STANDIN_TOKEN, address)
        yield met(StandIn(world, app, api))
        await api.close()
    assert world.records.complaints == []


def met(standin: StandIn) -> StandIn:
    """Let everyone have written to the bot once: before that Telegram lets it write to nobody."""
    for person in (PERSON, OTHER, THIRD):
        standin.does("send", **{"as": person, "text": "hi"})
    standin.world.queue.clear()
    return standin
