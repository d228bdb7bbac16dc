"""Rows are taken in order within a lane, lanes side by side, and poison goes by with an alarm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.typing import EventDict

from bot.errors import Conflict, DatabaseUnfit, EngineDown, UnreadableUpdate
from bot.inbox.ports import Claimed
from bot.inbox.workers import InboxWorkers
from bot.messages import Alarm
from tests.support.ports import MemoryInbox
from tests.support.virtual import VirtualTime, eventually, settle

CANARY = "canary-91d"


class Bench:
    """Workers over a memory inbox and virtual time; ``handled`` lists what the handler saw."""

    def __init__(self, **more: int) -> None:
        self.inbox = MemoryInbox()
        self.time = VirtualTime()
        self.handled: list[tuple[str, bytes]] = []
        self.ended: list[str] = []
        self.meet: Callable[[Claimed], Awaitable[None]] = self.nothing
        self.workers = InboxWorkers(
            self.inbox, self.handle, holder="me", wait=self.time.wait, ended=self.ended.append, **more
        )

    async def nothing(self, row: Claimed) -> None:
        return None

    async def handle(self, row: Claimed) -> None:
        self.handled.append((row.lane, row.body))
        await self.meet(row)
        await self.inbox.done(row.id)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        running = asyncio.create_task(self.workers.run())
        yield
        self.workers.stop()
        async with asyncio.timeout(10):
            await running


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_lane_is_taken_in_order(bench: Bench) -> None:
    for number in range(20):
        bench.inbox.put("private:1", f"{number}".encode())
    async with bench.working():
        await eventually(lambda: not bench.inbox.rows)
    assert [body for _, body in bench.handled] == [f"{number}".encode() for number in range(20)]
    assert set(bench.ended) == {"done"}


async def test_a_slow_person_holds_up_nobody_else_and_keeps_their_own_order(bench: Bench) -> None:
    gate = asyncio.Event()

    async def meet(row: Claimed) -> None:
        if row.body == b"slow":
            await gate.wait()

    bench.meet = meet
    bench.inbox.put("private:1", b"slow")
    bench.inbox.put("private:1", b"after")
    bench.inbox.put("private:2", b"other")
    async with bench.working():
        await eventually(lambda: ("private:2", b"other") in bench.handled)
        assert ("private:1", b"after") not in bench.handled
        gate.set()
        await eventually(lambda: not bench.inbox.rows)
    assert [body for lane, body in bench.handled if lane == "private:1"] == [b"slow", b"after"]


async def test_no_more_lanes_than_allowed_are_worked_on_at_once() -> None:
    bench, gate, running = Bench(lanes_at_once=3), asyncio.Event(), 0
    most = 0

    async def meet(row: Claimed) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await gate.wait()
        running -= 1

    bench.meet = meet
    for number in range(9):
        bench.inbox.put(f"private:{number}")
    async with bench.working():
        await eventually(lambda: running == 3)
        await settle()
        gate.set()
        await eventually(lambda: not bench.inbox.rows)
    assert most == 3


async def test_new_rows_wake_it_at_once(bench: Bench) -> None:
    async with bench.working():
        await settle()
        bench.inbox.put("private:1")
        bench.workers.wake()
        await eventually(lambda: not bench.inbox.rows)


@pytest.mark.threat("T15")
async def test_poison_is_set_aside_with_an_alarm_and_the_lane_goes_on(bench: Bench) -> None:
    async def meet(row: Claimed) -> None:
        if row.body == b"poison":
            raise UnreadableUpdate("An update is not JSON.")

    bench.meet = meet
    poison = bench.inbox.put("private:1", b"poison")
    bench.inbox.put("private:1", b"after")
    async with bench.working():
        await eventually(lambda: not bench.inbox.rows)
    assert bench.inbox.dead == {poison: "UnreadableUpdate"}
    assert bench.inbox.alarms == [Alarm("set aside", str(poison))]
    assert bench.handled == [("private:1", b"poison"), ("private:1", b"after")]


@pytest.mark.threat("T15")
async def test_a_row_that_breaks_our_own_code_is_set_aside_after_three_tries(bench: Bench) -> None:
    async def meet(row: Claimed) -> None:
        if row.body == b"bad":
            raise KeyError(CANARY)

    bench.meet = meet
    bad = bench.inbox.put("private:1", b"bad")
    bench.inbox.put("private:1", b"after")
    async with bench.working():
        await eventually(lambda: not bench.inbox.rows)
    assert [body for _, body in bench.handled] == [b"bad", b"bad", b"bad", b"after"]
    assert bench.inbox.dead == {bad: "KeyError"}


@pytest.mark.threat("T32")
@pytest.mark.parametrize("trouble", [DatabaseUnfit("x"), EngineDown("x"), OSError("x")])
async def test_a_trouble_of_ours_never_costs_a_message(bench: Bench, trouble: Exception) -> None:
    """A database that is locked for a minute must not empty the inbox into the dead letters."""
    left = 12

    async def meet(row: Claimed) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise trouble

    bench.meet = meet
    bench.inbox.put("private:1")
    async with bench.working():
        await eventually(lambda: not bench.inbox.rows)
    assert bench.inbox.dead == {}
    assert len(bench.handled) == 13
    pauses = [wait for wait in bench.time.waits if wait != 1.0]
    assert pauses == sorted(pauses)
    assert max(pauses) == 10.0


async def test_a_conflict_that_stays_does_not_hold_its_lane(bench: Bench) -> None:
    """The handler has decided again many times; after three rounds the lane goes on without the row."""

    async def meet(row: Claimed) -> None:
        if row.body == b"bad":
            raise Conflict("x")

    bench.meet = meet
    bad = bench.inbox.put("private:1", b"bad")
    bench.inbox.put("private:1", b"after")
    async with bench.working():
        await eventually(lambda: not bench.inbox.rows)
    assert bench.inbox.dead == {bad: "Conflict"}
    assert bench.handled[-1][1] == b"after"


async def test_an_inbox_that_cannot_be_read_is_asked_again_without_haste(bench: Bench) -> None:
    bench.inbox.put("private:1")
    bench.inbox.broken = True
    async with bench.working():
        await eventually(lambda: len(bench.time.waits) >= 5)
        assert bench.inbox.claims <= len(bench.time.waits) + 1
        bench.inbox.broken = False
        await eventually(lambda: not bench.inbox.rows)


async def test_with_nothing_to_do_it_asks_once_a_wait(bench: Bench) -> None:
    async with bench.working():
        await eventually(lambda: len(bench.time.waits) >= 20)
    assert bench.inbox.claims <= len(bench.time.waits) + 1


async def test_every_lane_is_let_go_again(bench: Bench) -> None:
    for number in range(5):
        bench.inbox.put(f"private:{number}")
    async with bench.working():
        await eventually(lambda: not bench.inbox.rows)
    assert bench.inbox.held == set()


async def test_a_lane_is_let_go_before_its_lease_runs_out(bench: Bench) -> None:
    """Otherwise another process could take it in the middle of a row, and the order would be gone."""
    bench.workers._steady = bench.time.steady

    async def meet(row: Claimed) -> None:
        bench.time.seconds += 20

    bench.meet = meet
    for number in range(5):
        bench.inbox.put("private:1", f"{number}".encode())
    async with bench.working():
        await eventually(lambda: not bench.inbox.rows)
    assert len(bench.inbox.released) == 3
    assert [body for _, body in bench.handled] == [f"{number}".encode() for number in range(5)]


async def test_stopping_ends_after_the_row_at_hand(bench: Bench) -> None:
    gate = asyncio.Event()

    async def meet(row: Claimed) -> None:
        await gate.wait()

    bench.meet = meet
    bench.inbox.put("private:1", b"first")
    bench.inbox.put("private:1", b"second")
    running = asyncio.create_task(bench.workers.run())
    await eventually(lambda: len(bench.handled) == 1)
    bench.workers.stop()
    gate.set()
    async with asyncio.timeout(10):
        await running
    assert [row.body for row in bench.inbox.rows.values()] == [b"second"]
    assert bench.inbox.held == set()


@pytest.mark.threat("T27")
async def test_what_is_logged_of_a_failing_row_is_its_number_alone(
    bench: Bench, events: list[EventDict]
) -> None:
    """The exception goes along as an object; our log writes its class and place."""

    async def meet(row: Claimed) -> None:
        raise ValueError(f"while reading {row.body!r}")

    bench.meet = meet
    bench.inbox.put("private:3001", CANARY.encode())
    async with bench.working():
        await eventually(lambda: not bench.inbox.rows)
    for event in events:
        assert set(event) <= {"event", "log_level", "row", "attempt", "exc_info"}
        plain = {name: value for name, value in event.items() if name != "exc_info"}
        assert CANARY not in str(plain)
        assert "3001" not in str(plain)
