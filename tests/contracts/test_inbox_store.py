"""The inbox store: each update once, in order per lane, one holder per lane."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.inbox.ports import Claimed, RawUpdate
from bot.messages import Alarm, ChatId, SetTimer, Timer, TimerDue
from bot.storage.timers import read_timer
from tests.support.storage import Shelf


def update(number: int, lane: str = "private:7", text: str = "hello") -> RawUpdate:
    return RawUpdate(number, lane, f'{{"update_id":{number},"text":"{text}"}}'.encode())


async def claim(shelf: Shelf, holder: str = "one", *, lanes: int = 10, rows: int = 10) -> list[list[Claimed]]:
    return await shelf.stores.inbox.claim(holder, lanes=lanes, rows=rows, lease_seconds=30)


async def test_an_update_is_kept_once_whatever_comes_again(shelf):
    """The same update twice in a batch, and again later, also after it was done, stays one."""
    assert await shelf.stores.inbox.add([update(5), update(5), update(6)]) == 2
    assert await shelf.stores.inbox.add([update(6), update(5)]) == 0

    (rows,) = await claim(shelf)
    for row in rows:
        await shelf.stores.walk.commit(row.id, [])

    assert await shelf.stores.inbox.add([update(5), update(6), update(7)]) == 1
    assert await shelf.stores.inbox.waiting() == 1


@pytest.mark.threat("T15")
async def test_a_number_below_the_newest_is_still_new(shelf):
    """After a week of silence Telegram goes on with any number."""
    await shelf.stores.inbox.add([update(900_000_000)])
    assert await shelf.stores.inbox.add([update(3)]) == 1


async def test_a_batch_in_many_tasks_at_once_is_stored_exactly_once(shelf):
    counts = await asyncio.gather(
        *(shelf.stores.inbox.add([update(n, f"private:{n % 7}") for n in range(40)]) for _ in range(25))
    )
    assert sum(counts) == 40
    assert await shelf.stores.inbox.waiting() == 40


async def test_rows_come_back_whole_and_in_order(shelf):
    await shelf.stores.inbox.add(
        [update(1, "private:1", "a"), update(2, "private:2"), update(3, "private:1", "b")]
    )
    await shelf.stores.inbox.add([update(4, "private:1", "č\\ud83d")])

    lanes = await claim(shelf)

    by_size = sorted(lanes, key=len)
    assert [len(rows) for rows in by_size] == [1, 3]
    assert [row.body for row in by_size[1]] == [
        update(1, text="a").body,
        update(3, text="b").body,
        update(4, text="č\\ud83d").body,
    ]
    assert {row.source for row in by_size[1]} == {"telegram"}
    assert len({row.lane for row in by_size[1]}) == 1
    assert "private" not in by_size[1][0].lane


async def test_nobody_else_gets_a_claimed_lane(shelf):
    """Not its next row either, even when the claimed one is done."""
    await shelf.stores.inbox.add([update(1), update(2)])
    (rows,) = await claim(shelf, rows=1)

    assert await claim(shelf, "two") == []
    await shelf.stores.inbox.done(rows[0].id)
    assert await claim(shelf, "two") == []

    await shelf.stores.inbox.release("one", rows[0].lane)
    ((row,),) = await claim(shelf, "two")
    assert b'"update_id":2' in row.body


async def test_only_the_holder_releases(shelf):
    await shelf.stores.inbox.add([update(1)])
    ((row,),) = await claim(shelf, "one")
    await shelf.stores.inbox.release("two", row.lane)
    assert await claim(shelf, "two") == []


async def test_a_lease_lapses(shelf):
    """A worker that died loses its lanes when its lease is over, and not before."""
    await shelf.stores.inbox.add([update(1)])
    ((first,),) = await claim(shelf, "one")
    shelf.clock.move(seconds=29)
    assert await claim(shelf, "two") == []

    shelf.clock.move(seconds=1)
    ((second,),) = await claim(shelf, "two")

    assert (first.attempt, second.attempt) == (1, 2)
    await shelf.stores.inbox.release("one", first.lane)
    assert await claim(shelf, "three") == []


async def test_only_the_first_row_counts_an_attempt(shelf):
    await shelf.stores.inbox.add([update(1), update(2)])
    for expected in (1, 2, 3):
        (rows,) = await claim(shelf)
        assert [row.attempt for row in rows] == [expected, 1]
        await shelf.stores.inbox.release("one", rows[0].lane)


@pytest.mark.threat("T16")
async def test_lanes_take_turns(shelf):
    """A lane with many rows waits for its turn behind the others."""
    await shelf.stores.inbox.add([update(n, "private:1") for n in range(20)])
    await shelf.stores.inbox.add([update(100, "private:2"), update(101, "private:3")])

    served = []
    for _ in range(4):
        ((row,),) = await claim(shelf, lanes=1, rows=1)
        served.append(row.body)
        await shelf.stores.inbox.done(row.id)
        await shelf.stores.inbox.release("one", row.lane)

    numbers = [int(body.split(b":")[1].split(b",")[0]) for body in served]
    assert numbers[0] == 0
    assert sorted(numbers[1:3]) == [100, 101]
    assert numbers[3] == 1


async def test_many_workers_never_share_a_lane(shelf):
    """Fifty claims at once: every lane goes to exactly one of them."""
    await shelf.stores.inbox.add([update(n, f"private:{n % 60}") for n in range(120)])

    claims = await asyncio.gather(*(claim(shelf, f"w{n}", lanes=3, rows=2) for n in range(50)))

    lanes = [rows[0].lane for claimed in claims for rows in claimed]
    assert len(lanes) == len(set(lanes)) == 60


async def test_a_row_set_aside_is_kept_for_a_human(shelf):
    """It waits no more, its words stay sealed among the dead letters, and an alarm says so once."""
    await shelf.stores.inbox.add([update(1, text="odd"), update(2)])
    (rows,) = await claim(shelf)

    await shelf.stores.inbox.set_aside(rows[0].id, "UnreadableUpdate")
    await shelf.stores.inbox.set_aside(rows[0].id, "UnreadableUpdate")

    assert await shelf.stores.inbox.waiting() == 1
    assert await shelf.stores.inbox.dead_letter(rows[0].id) == update(1, text="odd").body
    (alarm,) = await shelf.stores.alarms.undelivered()
    assert (alarm.alarm, alarm.count) == (Alarm("update-set-aside", str(rows[0].id)), 1)
    assert await shelf.stores.inbox.add([update(1)]) == 0


async def test_the_same_alarm_counts_up_for_ten_minutes(shelf):
    for minutes in (0, 5, 4):
        shelf.clock.move(minutes=minutes)
        await shelf.stores.inbox.raise_alarm(Alarm("full disk", "x"))
    await shelf.stores.inbox.raise_alarm(Alarm("full disk", "y"))
    shelf.clock.move(minutes=2)
    await shelf.stores.inbox.raise_alarm(Alarm("full disk", "x"))

    kept = await shelf.stores.alarms.undelivered()
    assert [(alarm.alarm.about, alarm.count) for alarm in kept] == [("x", 3), ("y", 1), ("x", 1)]

    await shelf.stores.alarms.mark_delivered([kept[0].id, kept[2].id])
    assert await shelf.stores.alarms.count() == 1


async def test_timers_walk_their_persons_lane(shelf):
    """A due timer stands behind what the person wrote before; the newest of its kind wins."""
    me = await shelf.stores.walk.person(ChatId(7))
    await shelf.stores.inbox.add([update(1, "private:7")])
    soon = shelf.clock() + timedelta(minutes=5)
    timers = [Timer("nudge", me.person, soon, "12"), Timer("nudge", me.person, soon, "13")]
    late = Timer("nudge", me.person, soon + timedelta(hours=1), "13")
    await shelf.stores.walk.commit(None, [SetTimer(timer) for timer in (*timers, late)])

    assert await shelf.stores.inbox.add_due_timers(shelf.clock()) == 0
    assert await shelf.stores.inbox.add_due_timers(soon) == 1
    assert await shelf.stores.inbox.add_due_timers(soon) == 0

    (rows,) = await claim(shelf)
    assert [row.source for row in rows] == ["telegram", "timer"]
    assert read_timer(rows[1].body) == TimerDue("nudge", me.person, "12")
    assert await shelf.stores.inbox.add_due_timers(soon + timedelta(hours=1)) == 1


async def test_two_services_share_one_database_without_sharing_a_lane(postgres_shelf):
    """PostgreSQL: two processes' worth of claims, all at once; each lane has one holder."""
    other = postgres_shelf.again()
    await postgres_shelf.stores.inbox.add([update(n, f"private:{n % 40}") for n in range(80)])

    async def work(inbox, holder):
        return await inbox.claim(holder, lanes=2, rows=5, lease_seconds=30)

    claims = await asyncio.gather(
        *(
            work(stores.inbox, f"{name}{n}")
            for n in range(15)
            for name, stores in (("a", postgres_shelf.stores), ("b", other))
        )
    )
    lanes = [rows[0].lane for claimed in claims for rows in claimed]
    assert len(lanes) == len(set(lanes)) == 40
    await other.database.close()


async def test_due_timers_are_moved_once_by_two_services(postgres_shelf):
    other = postgres_shelf.again()
    me = await postgres_shelf.stores.walk.person(ChatId(7))
    due = postgres_shelf.clock()
    await postgres_shelf.stores.walk.commit(
        None, [SetTimer(Timer("nudge", me.person, due, str(n))) for n in range(30)]
    )
    moved = await asyncio.gather(
        *(stores.inbox.add_due_timers(due) for stores in (postgres_shelf.stores, other) for _ in range(4))
    )
    assert sum(moved) == 30
    assert await other.inbox.waiting() == 30
    await other.database.close()
