"""The sender over real storage and the stand-in Telegram: what people were truly shown, whatever went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.support.ports import Notes
from tests.support.standin import ADA, GROUP, OTHER, PERSON, THIRD, StandIn, met
from tests.support.storage import StandingClock
from tests.support.virtual import VirtualTime, eventually

from bot.gateway.telegram_api import TelegramApi
from bot.messages import (
    Case,
    CaseId,
    Change,
    ChatId,
    Conversation,
    OpenCase,
    OpenTopic,
    Origin,
    Reach,
    SaveCase,
    Say,
    Send,
    ToGroup,
    ToPerson,
    ToTopic,
)
from bot.outbox.aftermath import Rules
from bot.outbox.pacing import Pacing
from bot.outbox.sender import OutboxSender
from bot.standin import STANDIN_TOKEN
from bot.standin.app import create_app
from bot.standin.clock import Clock
from bot.standin.inprocess import InProcess
from bot.standin.world import World
from bot.storage.database import Database
from bot.storage.keys import create_key_file
from bot.storage.stores import Stores, stores_over


class SharedTime(VirtualTime):
    """One time for the bot, its database and Telegram."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.database = StandingClock()

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        before = self.seconds
        await super().wait(event, seconds)
        self._world.clock.advance(self.seconds - before)
        self.database.now = self.clock()


class Bench:
    """Storage, sender and Telegram."""

    def __init__(self, telegram: StandIn, stores: Stores, time: SharedTime) -> None:
        self.telegram, self.stores, self.time = telegram, stores, time
        self.ended: list[str] = []
        self.sender = self.new_sender("first")

    def new_sender(self, holder: str) -> OutboxSender:
        return OutboxSender(
            self.stores.outbox,
            self.telegram.api,
            Rules(Notes(), lambda: 1.0),
            Pacing(),
            self.topic_again,
            holder=holder,
            clock=self.time.clock,
            steady=self.time.steady,
            wait=self.time.wait,
            ended=self.ended.append,
        )

    async def topic_again(self, case: CaseId) -> Sequence[Change]:
        found = await self.stores.walk.case(case)
        assert found is not None
        bare = replace(found, thread=None, card=None)
        return [SaveCase(bare), Send(ToTopic(case), OpenTopic("🟡 again"), Origin.SYSTEM, case=case)]

    async def person(self, chat: int) -> Conversation:
        return await self.stores.walk.person(ChatId(chat))

    async def case(self, chat: int) -> CaseId:
        """Open a case with its topic still to be made."""
        person = (await self.person(chat)).person
        case = Case(CaseId(f"case-of-{chat}"), f"K{chat}", person, ChatId(GROUP))
        topic = Send(ToTopic(case.id), OpenTopic(f"🟡 K{chat}"), Origin.SYSTEM, case=case.id)
        await self.stores.walk.commit(None, [OpenCase(case), topic])
        return case.id

    async def put(self, *sends: Send) -> None:
        await self.stores.walk.commit(None, sends)
        self.sender.wake()

    async def say(self, chat: int, text: str, origin: Origin = Origin.BOT, **more: object) -> None:
        person = (await self.person(chat)).person
        await self.put(Send(ToPerson(person), Say(text), origin, **more))  # type: ignore[arg-type]

    async def hear(self, case: CaseId, text: str, *, urgent: bool = False) -> None:
        body = Say(text, mergeable=not urgent)
        await self.put(Send(ToTopic(case), body, Origin.PERSON, urgent, case))

    async def run_until_empty(self, *, seconds: float = 900) -> None:
        running = asyncio.create_task(self.sender.run())
        self.time.stop_at(seconds, self.sender.stop)
        while not running.done() and await self.stores.outbox.waiting() + len(self.sender._under_way):
            await asyncio.wait([running], timeout=0.01)
        self.sender.stop()
        async with asyncio.timeout(20):
            await running

    def in_group(self) -> list[str]:
        """Return what an advocate's phone was shown by the bot."""
        return self.telegram.seen_by(ADA)

    def refused(self) -> int:
        """Return how often Telegram said that we were too fast."""
        answers = [entry["answer"] for entry in self.telegram.world.records.requests()]
        return sum(1 for answer in answers if isinstance(answer, dict) and answer.get("error_code") == 429)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    world = World(STANDIN_TOKEN, clock=Clock(ticking=False))
    app: Starlette = create_app(world)
    time = SharedTime(world)
    api = TelegramApi(STANDIN_TOKEN, "http://telegram.invalid", transport=InProcess(app))
    ring = create_key_file(tmp_path / "keys" / "harbour.key")
    database = Database(f"sqlite:///{tmp_path / 'harbour.db'}", ring)
    stores = stores_over(database, groups=(GROUP,), clock=time.clock)
    await database.upgrade()
    async with app.router.lifespan_context(app):
        yield Bench(met(StandIn(world, app, api)), stores, time)
        await api.close()
    await database.close()
    assert world.records.complaints == []


async def test_a_case_gets_its_topic_and_then_its_words_in_order(bench: Bench) -> None:
    case = await bench.case(PERSON)
    for number in range(5):
        await bench.hear(case, f"👤 canary-{number}")
    await bench.run_until_empty()
    said = "\n".join(bench.in_group())
    assert [said.index(f"canary-{number}") for number in range(5)] == sorted(
        said.index(f"canary-{number}") for number in range(5)
    )
    found = await bench.stores.walk.case(case)
    assert found is not None
    assert {call["message_thread_id"] for call in bench.telegram.calls("sendMessage")} == {found.thread}


async def test_the_advocate_sees_delivered_only_after_telegram_accepted(bench: Bench) -> None:
    """B13."""
    case = await bench.case(PERSON)
    await bench.run_until_empty()
    thread = (await bench.stores.walk.case(case)).thread  # type: ignore[union-attr]
    said = bench.telegram.does("send", **{"as": ADA, "chat": GROUP, "thread": thread, "text": "hi"})
    bench.telegram.faulty("sendMessage", "429", retry_after=20)
    bench.sender = bench.new_sender("second")
    await bench.say(PERSON, "hi", Origin.ADVOCATE, case=case, answers=said["message_id"])
    await bench.run_until_empty()
    order = [entry["method"] for entry in bench.telegram.world.records.requests()]
    assert order[-3:] == ["sendMessage", "sendMessage", "setMessageReaction"]
    assert bench.telegram.seen_by(PERSON) == ["hi"]


@pytest.mark.threat("T32")
async def test_a_full_group_is_never_pushed_too_hard_and_everything_arrives(bench: Bench) -> None:
    """L3 and B18: sixty write in a minute, Telegram's limits are on, and urgent words come first."""
    bench.telegram.does("limits", profile="real")
    cases = []
    for number in range(12):
        bench.telegram.does("people", id=5000 + number, first_name="P", language_code="vi")
        bench.telegram.does("send", **{"as": 5000 + number, "text": "hi"})
        cases.append(await bench.case(5000 + number))
    for turn in range(5):
        for case in cases:
            await bench.hear(case, f"<{case}:{turn}>")
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: bench.time.seconds > 25, seconds=60)
    asked_at = bench.time.seconds
    await bench.hear(cases[0], "<urgent>", urgent=True)
    await eventually(lambda: any("<urgent>" in text for text in bench.in_group()), seconds=60)
    assert bench.time.seconds - asked_at <= 65
    bench.sender.stop()
    await running
    bench.sender = bench.new_sender("second")
    bench.sender._pacing = bench.sender._pacing
    await bench.run_until_empty()
    said = "\n".join(bench.in_group())
    for case in cases:
        marks = [said.index(f"<{case}:{turn}>") for turn in range(5)]
        assert marks == sorted(marks)
        assert all(said.count(f"<{case}:{turn}>") == 1 for turn in range(5))
