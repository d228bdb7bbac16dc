"""The sender over real storage and the stand-in Telegram: what people were truly shown, come what may."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette

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
    SetReach,
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
from tests.support.ports import Notes
from tests.support.standin import ADA, GROUP, OTHER, PERSON, THIRD, StandIn, met
from tests.support.storage import StandingClock
from tests.support.virtual import VirtualTime, eventually


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
        self._numbers = itertools.count()
        self.sender = self.new_sender("none yet")

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
        """Send until nothing waits, at most so many virtual seconds."""
        await self.until_empty(self.start(), seconds=seconds)

    def start(self) -> asyncio.Task[None]:
        """Start a sender as a process does, one at a time."""
        self.sender = self.new_sender(f"sender-{next(self._numbers)}")
        return asyncio.create_task(self.sender.run())

    async def until_empty(self, running: asyncio.Task[None], *, seconds: float = 900) -> None:
        """Let it send until nothing waits or is under way, then stop it."""
        self.time.stop_at(self.time.seconds + seconds, self.sender.stop)
        while not running.done() and (await self.stores.outbox.waiting() or self.sender._under_way):
            await asyncio.wait([running], timeout=0.005)
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
    running = bench.start()
    await eventually(lambda: bench.time.seconds > 25, seconds=60)
    asked_at = bench.time.seconds
    await bench.hear(cases[0], "<urgent>", urgent=True)
    await eventually(lambda: any("<urgent>" in text for text in bench.in_group()), seconds=60)
    assert bench.time.seconds - asked_at <= 10
    await bench.until_empty(running)
    said = "\n".join(bench.in_group())
    for case in cases:
        marks = [said.index(f"<{case}:{turn}>") for turn in range(5)]
        assert marks == sorted(marks)
        assert all(said.count(f"<{case}:{turn}>") == 1 for turn in range(5))
    assert bench.refused() == 0
    assert bench.time.seconds - asked_at <= 180


@pytest.mark.threat("T32")
async def test_a_wait_asked_for_in_one_chat_stops_no_other(bench: Bench) -> None:
    """B18, over the wire: the person who must wait gets everything, in order, later."""
    bench.telegram.faulty("sendMessage", "429", retry_after=40, match={"chat_id": PERSON})
    for number in range(3):
        for chat in (PERSON, OTHER, THIRD):
            await bench.say(chat, f"{number}")
    running = bench.start()
    await eventually(lambda: len(bench.telegram.seen_by(OTHER) + bench.telegram.seen_by(THIRD)) == 6)
    assert bench.time.seconds < 40
    assert bench.telegram.seen_by(PERSON) == []
    await bench.until_empty(running)
    assert bench.telegram.seen_by(PERSON) == ["0", "1", "2"]


UNCERTAIN_FAULTS = [
    "500",
    "502",
    "504",
    "reset_before",
    "reset_after",
    "lost_reply",
    "half_body",
    "broken_json",
]


@pytest.mark.threat("T32")
@pytest.mark.parametrize("action", UNCERTAIN_FAULTS)
async def test_no_person_is_told_anything_twice_and_each_doubt_is_shown(bench: Bench, action: str) -> None:
    case = await bench.case(PERSON)
    await bench.run_until_empty()
    bench.telegram.faulty("sendMessage", action, times=2, match={"chat_id": PERSON})
    await bench.say(PERSON, "from the bot")
    await bench.say(PERSON, "from the advocate", Origin.ADVOCATE, case=case, answers=1)
    await bench.say(PERSON, "afterwards")
    await bench.run_until_empty()
    shown = bench.telegram.seen_by(PERSON)
    assert len(shown) == len(set(shown))
    assert shown[-1] == "afterwards"
    assert bench.ended.count("uncertain") == 2
    assert bench.in_group().count("uncertain") == 1
    assert await bench.stores.inbox.add_due_timers(bench.time.clock()) == 1


@pytest.mark.threat("T32")
@pytest.mark.parametrize("action", UNCERTAIN_FAULTS)
async def test_the_group_gets_every_word_and_a_repeat_says_so(bench: Bench, action: str) -> None:
    case = await bench.case(PERSON)
    await bench.run_until_empty()
    bench.telegram.faulty("sendMessage", action)
    await bench.hear(case, "canary-one")
    await bench.hear(case, "canary-two")
    await bench.run_until_empty()
    heard = bench.in_group()
    assert heard[-2:] == ["May be a repeat: canary-one", "canary-two"]
    assert heard.count("canary-one") <= 1


@pytest.mark.threat("T32")
@pytest.mark.parametrize("action", ["429", "401", "404", "409"])
async def test_what_surely_did_not_arrive_is_sent_again_without_a_word(bench: Bench, action: str) -> None:
    case = await bench.case(PERSON)
    bench.telegram.faulty("createForumTopic", action)
    bench.telegram.faulty("sendMessage", action, times=2)
    await bench.say(PERSON, "to the person")
    await bench.hear(case, "to the topic")
    await bench.run_until_empty()
    assert bench.telegram.seen_by(PERSON) == ["to the person"]
    assert [text for text in bench.in_group() if text] == ["to the topic"]


async def test_an_uncertain_topic_is_awaited_before_another_is_made(bench: Bench) -> None:
    bench.telegram.faulty("createForumTopic", "500")
    case = await bench.case(PERSON)
    await bench.hear(case, "words")
    running = bench.start()
    await eventually(lambda: len(bench.telegram.calls("createForumTopic")) == 2)
    assert bench.time.seconds >= 10
    await bench.until_empty(running)
    assert bench.in_group()[-1] == "words"


async def test_a_topic_deleted_by_hand_is_made_anew_and_nothing_is_lost(bench: Bench) -> None:
    """B10."""
    case = await bench.case(PERSON)
    await bench.hear(case, "before")
    await bench.run_until_empty()
    old = (await bench.stores.walk.case(case)).thread  # type: ignore[union-attr]
    bench.telegram.does("topic", **{"as": ADA, "chat": GROUP, "action": "delete", "thread": old})
    await bench.hear(case, "after")
    await bench.hear(case, "later")
    await bench.run_until_empty()
    new = (await bench.stores.walk.case(case)).thread  # type: ignore[union-attr]
    assert new not in (None, old)
    assert bench.in_group()[-2:] == ["after", "later"]
    assert [call["message_thread_id"] for call in bench.telegram.calls("sendMessage")][-2:] == [new, new]


async def test_who_blocked_the_bot_is_reported_and_gets_what_waited_on_return(bench: Bench) -> None:
    """B12: at the next send at the latest."""
    case = await bench.case(PERSON)
    await bench.run_until_empty()
    bench.telegram.does("block", **{"as": PERSON, "blocked": True})
    await bench.say(PERSON, "one", Origin.ADVOCATE, case=case, answers=1)
    await bench.say(PERSON, "two")
    await bench.run_until_empty(seconds=30)
    assert bench.in_group()[-1] == "unreachable"
    assert (await bench.person(PERSON)).reach is Reach.BLOCKED
    bench.telegram.does("block", **{"as": PERSON, "blocked": False})
    await bench.put(SetReach((await bench.person(PERSON)).person, Reach.OPEN))  # type: ignore[arg-type]
    await bench.run_until_empty()
    assert bench.telegram.seen_by(PERSON)[-2:] == ["one", "two"]


async def test_a_group_that_moved_is_followed_with_everything_that_waits(bench: Bench) -> None:
    await bench.put(Send(ToGroup(ChatId(GROUP)), Say("before"), Origin.SYSTEM))
    await bench.run_until_empty()
    bench.telegram.does("migrate", chat=GROUP)
    await bench.put(Send(ToGroup(ChatId(GROUP)), Say("after"), Origin.SYSTEM))
    await bench.run_until_empty()
    assert bench.in_group().count("after") == 1


async def test_rights_taken_away_keep_everything_until_they_are_given_back(bench: Bench) -> None:
    bench.telegram.does("member", chat=GROUP, user=bench.telegram.api.bot_id, action="kick")
    case = await bench.case(PERSON)
    await bench.hear(case, "words")
    running = bench.start()
    await eventually(lambda: bench.time.seconds > 130)
    assert len(bench.telegram.calls("createForumTopic")) <= 4
    bench.telegram.does("member", chat=GROUP, user=bench.telegram.api.bot_id, action="join")
    bench.telegram.does("member", chat=GROUP, user=bench.telegram.api.bot_id, action="promote")
    await bench.until_empty(running)
    assert bench.in_group()[-1] == "words"


@pytest.mark.threat("T32")
async def test_dying_in_the_middle_of_a_call_is_a_doubt_not_a_repeat(bench: Bench) -> None:
    """The process ends between its note that a row leaves and the note how that ended."""
    case = await bench.case(PERSON)
    await bench.run_until_empty()
    await bench.say(PERSON, "to the person")
    await bench.hear(case, "to the topic")
    for row in await bench.stores.outbox.next_rows(bench.time.clock(), limit=9):
        await bench.stores.outbox.mark_sending([row.id], "the one that died")
        await bench.telegram.api.send(row)
    bench.sender = bench.new_sender("the next")
    await bench.sender.settle_abandoned()
    await bench.run_until_empty()
    assert bench.telegram.seen_by(PERSON) == ["to the person"]
    assert bench.in_group()[-2:] == ["to the topic", "May be a repeat: to the topic"]
    assert await bench.stores.inbox.add_due_timers(bench.time.clock()) == 1
