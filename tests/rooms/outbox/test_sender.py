"""The sender over doubles and virtual time: order, pace, merging, and what happens around failures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.messages import (
    Act,
    Alarm,
    Button,
    CaseId,
    Change,
    OpenTopic,
    Origin,
    React,
    Say,
    Send,
    ShowCard,
)
from bot.outbox.aftermath import Rules
from bot.outbox.pacing import Limits, Pacing
from bot.outbox.ports import End, Refusal, Result, Row
from bot.outbox.sender import OutboxSender
from tests.support.ports import Gate, MemoryOutbox, Notes, ToldTelegram
from tests.support.rows import CASE, to_general, to_person, to_topic
from tests.support.virtual import VirtualTime, eventually, settle


class Bench:
    """A sender with doubles around it."""

    def __init__(self, limits: Limits | None = None, **more: int) -> None:
        self.store = MemoryOutbox()
        self.telegram = ToldTelegram()
        self.time = VirtualTime()
        self.ended: list[str] = []
        self.made_anew: list[CaseId] = []
        self.again: Sequence[Change] = (Alarm("made anew"),)
        self.left_at: dict[int, float] = {}
        self.telegram.gate = self.note_time
        self.sender = OutboxSender(
            self.store,
            self.telegram,
            Rules(Notes(), lambda: 1.0),
            Pacing(limits),
            self.topic_again,
            holder="me",
            clock=self.time.clock,
            steady=self.time.steady,
            wait=self.time.wait,
            ended=self.ended.append,
            **more,
        )

    async def note_time(self, row: Row) -> None:
        self.left_at[row.id] = self.time.seconds

    async def topic_again(self, case: CaseId) -> Sequence[Change]:
        self.made_anew.append(case)
        return self.again

    async def run_until_empty(self, *, seconds: float = 600) -> None:
        """Send until nothing waits, at most so many virtual seconds."""
        running = asyncio.create_task(self.sender.run())
        self.time.stop_at(seconds, self.sender.stop)
        await eventually(lambda: running.done() or not (self.store.rows or self.store.sending))
        self.sender.stop()
        async with asyncio.timeout(10):
            await running

    def texts(self) -> list[str]:
        return self.telegram.texts()


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_persons_rows_arrive_in_their_order(bench: Bench) -> None:
    bench.store.rows = [to_person(f"{number}") for number in range(8)]
    await bench.run_until_empty()
    assert bench.texts() == [f"{number}" for number in range(8)]
    assert bench.ended == ["sent"] * 8


async def test_while_one_call_is_under_way_the_next_of_that_chat_waits_and_others_go(bench: Bench) -> None:
    gate = Gate()
    bench.telegram.gate = gate
    bench.store.rows = [to_person("a1", 1), to_person("a2", 1), to_person("b1", 2)]
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: len(gate.waiting) == 2)
    await settle()
    assert sorted(bench.texts()) == ["a1", "b1"]
    gate.open()
    await eventually(lambda: not bench.store.rows and not bench.store.sending)
    bench.sender.stop()
    await running
    assert sorted(bench.texts()) == ["a1", "a2", "b1"]


async def test_no_more_calls_than_allowed_are_under_way() -> None:
    bench = Bench(at_once=4)
    gate = Gate()
    bench.telegram.gate = gate
    bench.store.rows = [to_person("x", chat) for chat in range(12)]
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: len(gate.waiting) == 4)
    await settle()
    gate.open()
    await eventually(lambda: not bench.store.rows and not bench.store.sending)
    bench.sender.stop()
    await running
    assert bench.telegram.most_at_once == 4


@pytest.mark.threat("T32")
async def test_a_wait_asked_for_by_one_chat_delays_it_loses_nothing_and_stops_nobody(bench: Bench) -> None:
    asked = iter([Result(End.NOT_SENT, retry_after=30)])
    bench.telegram.told = lambda row: next(asked, None) if row.chat == 1 else None
    bench.store.rows = [to_person("slow", 1), *[to_person("x", chat) for chat in range(2, 12)]]
    await bench.run_until_empty()
    slow = max(bench.left_at.values())
    assert slow >= 30
    assert [at for at in bench.left_at.values() if at < slow] == [0.0] * 10
    assert bench.texts().count("slow") == 2


async def test_a_busy_group_is_paced_and_persons_flow_past_it(bench: Bench) -> None:
    topics = [to_topic("t", 100 + n, case=CaseId(f"c{n}")) for n in range(40)]
    persons = [to_person("p", chat) for chat in range(20)]
    bench.store.rows = [*topics, *persons]
    await bench.run_until_empty()
    in_group = sorted(bench.left_at[row.id] for row in topics)
    assert max(bench.left_at[row.id] for row in persons) < 3
    assert sum(1 for at in in_group if at < 60) == 18
    assert len(in_group) == 40


async def test_more_waiting_topics_than_are_looked_at_hide_nobody(bench: Bench) -> None:
    """The rows held up by the group's limit come first in every list."""
    topics = [to_topic("t", 100 + n, case=CaseId(f"c{n}")) for n in range(300)]
    late = to_person("late", 9)
    bench.store.rows = [*topics, late]
    await bench.run_until_empty(seconds=5)
    assert bench.left_at[late.id] < 5


async def test_urgent_first_and_two_of_the_groups_minute_are_kept_for_them(bench: Bench) -> None:
    calm = [to_topic("calm", 100 + n, case=CaseId(f"c{n}")) for n in range(40)]
    bench.store.rows = list(calm)
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: bench.time.seconds > 20)
    urgent = [to_topic("urgent", 500 + n, case=CaseId(f"u{n}"), urgent=True) for n in range(2)]
    asked_at = bench.time.seconds
    bench.store.rows += urgent
    bench.sender.wake()
    await eventually(lambda: all(row.id in bench.left_at for row in urgent))
    bench.sender.stop()
    await running
    assert all(bench.left_at[row.id] - asked_at <= 10 for row in urgent)
    assert sum(1 for row in calm if bench.left_at.get(row.id, 999) < 60) == 18


async def test_what_the_limits_hold_up_is_merged_in_order() -> None:
    bench = Bench(Limits(group_per_minute=4, kept_back=2))
    words = [to_topic(Say(f"w{n}", mergeable=True), 7, origin=Origin.PERSON) for n in range(9)]
    bench.store.rows = list(words)
    await bench.run_until_empty()
    sent = [[row.body.text for row in call if isinstance(row.body, Say)] for call in bench.telegram.calls]
    assert [text for call in sent for text in call] == [f"w{n}" for n in range(9)]
    assert len(sent) == 3
    assert [len(settled.rows) for settled in bench.store.settled] == [len(call) for call in sent]


async def test_what_nothing_holds_up_is_not_merged(bench: Bench) -> None:
    words = [to_topic(Say(f"w{n}", mergeable=True), 7, origin=Origin.PERSON) for n in range(3)]
    bench.store.rows = list(words)
    await bench.run_until_empty()
    assert [len(call) for call in bench.telegram.calls] == [1, 1, 1]


async def test_merging_stops_before_a_message_grows_too_long() -> None:
    bench = Bench(Limits(group_per_minute=3, kept_back=2))
    bench.store.rows = [to_topic(Say("x" * 1400, mergeable=True), 7) for _ in range(6)]
    await bench.run_until_empty()
    assert [len(call) for call in bench.telegram.calls] == [1, 2, 2, 1]


async def test_nothing_leaves_before_that_is_written_down(bench: Bench) -> None:
    """If it were, a crash in the call would leave a row that looks as if it never left."""
    seen: list[bool] = []

    async def look(row: Row) -> None:
        seen.append(row.id in bench.store.sending)

    bench.telegram.gate = look
    bench.store.rows = [to_person("a", 1), to_person("b", 2)]
    await bench.run_until_empty()
    assert seen == [True, True]


async def test_a_row_that_another_process_took_is_left_to_it(bench: Bench) -> None:
    taken, free = to_person("taken", 1), to_person("free", 2)
    bench.store.rows = [taken, free]
    bench.store.taken_by_others = {taken.id}
    await bench.run_until_empty()
    assert bench.texts() == ["free"]


@pytest.mark.threat("T32")
async def test_an_end_that_cannot_be_written_is_written_later_and_the_call_not_made_again(
    bench: Bench,
) -> None:
    bench.store.broken_settles = 5
    bench.store.rows = [to_person("once")]
    await bench.run_until_empty()
    assert bench.texts() == ["once"]
    assert [settled.result.end for settled in bench.store.settled] == [End.SENT]


@pytest.mark.threat("T32")
async def test_what_a_dead_process_left_in_mid_call_is_uncertain(bench: Bench) -> None:
    bench.store.left_behind = [
        to_person("bot's", attempt=2),
        to_person("advocate's", attempt=2, origin=Origin.ADVOCATE, case=CASE, answers=5),
        to_topic("person's", 7, attempt=2, origin=Origin.PERSON),
    ]
    bench.store.sending = {row.id: row for row in bench.store.left_behind}
    await bench.run_until_empty()
    assert [settled.result.end for settled in bench.store.settled[:2]] == [End.UNCERTAIN] * 2
    assert bench.texts() == ["May be a repeat: person's"]


async def test_an_outbox_that_cannot_be_read_at_start_is_asked_again(bench: Bench) -> None:
    bench.store.broken = True
    bench.store.rows = [to_person("x")]
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: len(bench.time.waits) >= 3)
    bench.store.broken = False
    await eventually(lambda: not bench.store.rows and not bench.store.sending)
    bench.sender.stop()
    await running
    assert bench.texts() == ["x"]


@pytest.mark.threat("T32")
async def test_an_uncertain_text_for_the_group_says_the_second_time_that_it_may_be_one(bench: Bench) -> None:
    ends = iter([Result(End.NOT_SENT), Result(End.UNCERTAIN), Result(End.NOT_SENT)])
    bench.telegram.told = lambda row: next(ends, None)
    bench.store.rows = [to_topic("words", 7, origin=Origin.PERSON)]
    await bench.run_until_empty()
    marked = "May be a repeat: words"
    assert bench.texts() == ["words", "words", marked, marked]


@pytest.mark.threat("T32")
async def test_a_person_never_gets_a_mark_or_a_repeat(bench: Bench) -> None:
    bench.telegram.told = lambda row: Result(End.UNCERTAIN)
    bench.store.rows = [to_person("one"), to_person("two", 2, attempt=4)]
    await bench.run_until_empty()
    assert sorted(bench.texts()) == ["one", "two"]


async def test_a_deleted_topic_is_asked_for_anew_and_the_row_kept(bench: Bench) -> None:
    gone = iter([Result(End.REFUSED, refusal=Refusal.TOPIC_GONE)])
    bench.telegram.told = lambda row: next(gone, None)
    bench.store.rows = [to_topic("words", 7)]
    await bench.run_until_empty()
    assert bench.made_anew == [CASE]
    assert bench.texts() == ["words", "words"]
    assert list(bench.again) == bench.store.changes()


async def test_when_the_topic_cannot_be_made_anew_now_nothing_is_lost(bench: Bench) -> None:
    gone = iter([Result(End.REFUSED, refusal=Refusal.TOPIC_GONE)] * 2)
    bench.telegram.told = lambda row: next(gone, None)
    failures = iter([True])
    made = bench.topic_again

    async def failing(case: CaseId) -> Sequence[Change]:
        if next(failures, False):
            raise OSError("the database is away")
        return await made(case)

    bench.sender._topic_again = failing
    bench.store.rows = [to_topic("words", 7)]
    await bench.run_until_empty()
    assert bench.texts() == ["words"] * 3


async def test_rows_wait_for_their_topic(bench: Bench) -> None:
    made = to_topic(OpenTopic("K7"), None)
    bench.store.rows = [made, to_topic("words", None)]
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: len(bench.telegram.calls) == 1)
    await settle()
    assert bench.texts() == []
    bench.store.rows = [replace(row, thread=7) for row in bench.store.rows]
    bench.sender.wake()
    await eventually(lambda: bench.texts() == ["words"])
    bench.sender.stop()
    await running


@pytest.mark.threat("T32")
async def test_a_group_that_refuses_everything_is_not_asked_for_every_row(bench: Bench) -> None:
    refusals = iter([Result(End.REFUSED, refusal=Refusal.NO_RIGHTS)])
    bench.telegram.told = lambda row: next(refusals, None) if row.is_group else None
    topics = [to_topic("t", 100 + n, case=CaseId(f"c{n}")) for n in range(5)]
    bench.store.rows = [topics[0]]
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: len(bench.telegram.calls) == 1)
    bench.store.rows += [*topics[1:], to_person("p")]
    bench.sender.wake()
    await eventually(lambda: not bench.store.rows and not bench.store.sending)
    bench.sender.stop()
    await running
    assert all(bench.left_at[row.id] >= 60 for row in topics[1:])
    assert len(bench.telegram.calls) == 7


async def test_who_blocked_us_gets_nothing_more_until_they_return(bench: Bench) -> None:
    bench.telegram.told = lambda row: Result(End.REFUSED, refusal=Refusal.BLOCKED)
    bench.store.rows = [to_person("one"), to_person("two")]
    await bench.run_until_empty(seconds=30)
    assert bench.texts() == ["one"]
    assert len(bench.store.rows) == 2


async def test_stopping_waits_for_calls_under_way_and_writes_their_ends(bench: Bench) -> None:
    gate = Gate()
    bench.telegram.gate = gate
    bench.store.rows = [to_person("a", 1)]
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: len(gate.waiting) == 1)
    bench.sender.stop()
    await settle()
    assert not running.done()
    gate.open()
    async with asyncio.timeout(10):
        await running
    assert [settled.result.end for settled in bench.store.settled] == [End.SENT]


async def test_with_nothing_to_send_it_looks_once_a_wait(bench: Bench) -> None:
    running = asyncio.create_task(bench.sender.run())
    await eventually(lambda: len(bench.time.waits) >= 20)
    bench.sender.stop()
    await running
    assert set(bench.time.waits) == {1.0}


async def test_a_row_that_is_put_off_leaves_when_it_is_due_not_at_the_next_look() -> None:
    bench = Bench(poll_seconds=100)
    ends = iter([Result(End.NOT_SENT, retry_after=7)])
    bench.telegram.told = lambda row: next(ends, None)
    bench.store.rows = [to_person("x")]
    await bench.run_until_empty()
    assert list(bench.left_at.values()) == [pytest.approx(7.0)]


@pytest.mark.threat("T27")
async def test_what_is_logged_of_a_send_is_its_number_alone(
    bench: Bench, events: list[dict[str, object]]
) -> None:
    ends = iter([Result(End.UNCERTAIN), Result(End.NOT_SENT), Result(End.REFUSED, refusal=Refusal.BLOCKED)])
    bench.telegram.told = lambda row: next(ends, None)
    bench.store.rows = [to_person("canary-4f", chat) for chat in (3001, 3002, 3003)]
    await bench.run_until_empty(seconds=5)
    assert len(events) >= 3
    assert "canary" not in str(events)
    assert "300" not in str(events)


async def test_a_card_and_a_reaction_share_the_groups_pace_as_they_should(bench: Bench) -> None:
    """A reaction is no message: twenty of them do not use up the minute."""
    reactions = [to_topic(React(n, "👌"), 100 + n, case=CaseId(f"c{n}")) for n in range(30)]
    card = to_topic(ShowCard("c", (Button("Claim", Act("claim")),)), 7)
    bench.store.rows = [*reactions, card, to_general("alarm")]
    await bench.run_until_empty()
    assert max(bench.left_at.values()) < 3
    assert not any(isinstance(change, Send) for change in bench.store.changes())
