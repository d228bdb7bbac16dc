"""What time lets go, and that nothing goes early or unsaid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.inbox.ports import RawUpdate
from bot.messages import (
    Act,
    Alarm,
    Button,
    ChatId,
    Origin,
    Resend,
    Say,
    Send,
    ToPerson,
    UseHandle,
)
from bot.outbox.ports import End, Result
from tests.support.storage import Shelf

HOUR = timedelta(hours=1)


async def tidy(shelf: Shelf, after: timedelta) -> dict[str, int]:
    done = await shelf.stores.housekeeping(shelf.clock() + after)
    assert done.log_emptied
    return {table: count for table, count in done.rows.items() if count}


async def test_a_done_update_is_known_for_nine_days(shelf: Shelf):
    await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"x"), RawUpdate(2, "private:8", b"y")])
    claimed = await shelf.stores.inbox.claim("w", lanes=2, rows=1, lease_seconds=30)
    done = next(rows[0] for rows in claimed if rows[0].body == b"x")
    await shelf.stores.inbox.done(done.id)
    for rows in claimed:
        await shelf.stores.inbox.release("w", rows[0].lane)

    assert await tidy(shelf, timedelta(days=9)) == {}
    assert await tidy(shelf, timedelta(days=9) + HOUR) == {"inbox": 1, "lanes": 1}
    assert await shelf.stores.inbox.waiting() == 1
    (rows,) = await shelf.stores.inbox.claim("w", lanes=2, rows=9, lease_seconds=30)
    assert rows[0].body == b"y"


async def test_spent_and_old_buttons_go(shelf: Shelf):
    me = (await shelf.stores.walk.person(ChatId(7))).person
    buttons = (Button("a", Act("a")), Button("b", Act("b")))
    await shelf.stores.walk.commit(None, [Send(ToPerson(me), Say("?", buttons))])
    (row,) = await shelf.stores.outbox.next_rows(shelf.clock(), limit=1)
    await shelf.stores.walk.commit(None, [UseHandle(row.handles[0])])

    assert await tidy(shelf, HOUR) == {"handles": 1}
    assert await tidy(shelf, timedelta(days=14)) == {}
    assert await tidy(shelf, timedelta(days=14) + HOUR) == {"handles": 1}


@pytest.mark.threat("T32")
async def test_an_undelivered_row_never_goes_unsaid(shelf: Shelf):
    """Waiting ones stay for ever, uncertain ones two weeks, refused words one; each loss is an alarm."""
    me = (await shelf.stores.walk.person(ChatId(7))).person
    ends = [Result(End.SENT, message=1), Result(End.REFUSED), Result(End.REFUSED), Result(End.UNCERTAIN)]
    origins = [Origin.BOT, Origin.BOT, Origin.ADVOCATE, Origin.ADVOCATE]
    numbers = []
    for end, origin in zip(ends, origins, strict=True):
        await shelf.stores.walk.commit(None, [Send(ToPerson(me), Say("words"), origin)])
        (row,) = await shelf.stores.outbox.next_rows(shelf.clock(), limit=1)
        await shelf.stores.outbox.mark_sending([row.id], "me")
        await shelf.stores.outbox.settle([row.id], end, [], retry_at=None)
        numbers.append(row.id)
    await shelf.stores.walk.commit(None, [Send(ToPerson(me), Say("waiting"))])

    assert await tidy(shelf, timedelta(days=2)) == {}
    assert await tidy(shelf, timedelta(days=2) + HOUR) == {"outbox": 1}
    assert await shelf.stores.alarms.count() == 0
    assert await tidy(shelf, timedelta(days=7) + HOUR) == {"outbox": 2}
    assert [kept.alarm for kept in await shelf.stores.alarms.all()] == [
        Alarm("refused-expired", str(numbers[2]))
    ]
    assert await tidy(shelf, timedelta(days=14) + 2 * HOUR) == {}
    assert Alarm("uncertain-unresolved", str(numbers[3])) in [
        kept.alarm for kept in await shelf.stores.alarms.all()
    ]
    assert await tidy(shelf, timedelta(days=21) + 4 * HOUR) == {"outbox": 1}
    assert await tidy(shelf, timedelta(days=400)) == {}
    assert await shelf.stores.outbox.waiting() == 1


async def test_an_uncertain_row_can_be_sent_again_while_it_is_kept(shelf: Shelf):
    me = (await shelf.stores.walk.person(ChatId(7))).person
    await shelf.stores.walk.commit(None, [Send(ToPerson(me), Say("words"))])
    (row,) = await shelf.stores.outbox.next_rows(shelf.clock(), limit=1)
    await shelf.stores.outbox.mark_sending([row.id], "me")
    await shelf.stores.outbox.settle([row.id], Result(End.UNCERTAIN), [], retry_at=None)
    await tidy(shelf, timedelta(days=13))
    await shelf.stores.walk.commit(None, [Resend(row.id)])
    (again,) = await shelf.stores.outbox.next_rows(shelf.clock(), limit=1)
    assert again.body == Say("words")


async def test_letters_alarms_and_invites_go_in_their_time(shelf: Shelf):
    await shelf.stores.inbox.add([RawUpdate(1, "odd", b"x")])
    ((row,),) = await shelf.stores.inbox.claim("w", lanes=1, rows=1, lease_seconds=30)
    await shelf.stores.inbox.set_aside(row.id, "UnreadableUpdate")
    await shelf.stores.inbox.release("w", row.lane)
    await shelf.stores.roster.create_invite("Robin", "advocate", "hash", shelf.clock())
    (kept,) = await shelf.stores.alarms.undelivered()

    assert await tidy(shelf, timedelta(days=1)) == {}
    assert await tidy(shelf, timedelta(days=1) + HOUR) == {"invites": 1}
    await shelf.stores.alarms.mark_delivered([kept.id])
    assert await tidy(shelf, timedelta(days=30)) == {"inbox": 1, "lanes": 1}
    assert await tidy(shelf, timedelta(days=30) + HOUR) == {"dead_letters": 1, "alarms": 1}
    assert [one.alarm for one in await shelf.stores.alarms.all()] == [
        Alarm("dead-letter-expired", str(row.id))
    ]
