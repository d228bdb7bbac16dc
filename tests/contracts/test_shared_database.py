"""What several services on one PostgreSQL need; and erasing, tidying and rotating on either database."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from bot.errors import DatabaseUnfit
from bot.inbox.ports import RawUpdate
from bot.messages import Alarm, ChatId, Say, Send, ToPerson
from bot.storage.key_file import read_key_file
from bot.storage.rotation import rotate
from tests.support.full_database import CASE, CHAT, fill, read_everything
from tests.support.postgres import Postgres
from tests.support.storage import Shelf, open_shelf

CUT_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@pytest.mark.threat("T24")
async def test_an_erased_person_is_gone_and_others_stay(shelf):
    await fill(shelf)
    me = await shelf.stores.walk.person(ChatId(CHAT))
    other = await shelf.stores.walk.person(ChatId(8))
    await shelf.stores.walk.commit(None, [Send(ToPerson(other.person), Say("stays"))])

    done = await shelf.stores.erase_person(me.person)

    assert (done.found, done.log_emptied) == (True, True)
    assert await shelf.stores.walk.conversation(me.person) is None
    assert await shelf.stores.walk.case(CASE) is None
    assert await shelf.stores.inbox.waiting() == 0
    assert await shelf.stores.walk.person(ChatId(8)) == other
    assert await shelf.stores.inbox.add([RawUpdate(2, f"private:{CHAT}", b"again")]) == 0
    await shelf.stores.housekeeping(shelf.clock.move(days=40))
    assert await shelf.stores.walk.person(ChatId(8)) == other


@pytest.mark.threat("T25")
async def test_everything_opens_after_a_rotation(shelf):
    await fill(shelf)
    reader = shelf.again()
    before = await read_everything(reader, shelf)
    done = await rotate(shelf.stores.database, shelf.key_file, retire=True)
    assert (done.current, done.unopened, done.retired) == (2, 0, (1,))
    assert tuple(read_key_file(shelf.key_file).service) == (2,)
    restarted = shelf.again()
    shelf.clock.move(hours=1)
    assert await read_everything(restarted, shelf) == before
    for stores in (reader, restarted):
        await stores.database.close()


@pytest.mark.threat("T25")
async def test_services_write_on_while_the_key_is_rotated(postgres_shelf: Shelf):
    """Nothing they write meanwhile is lost, and nothing they wiped comes back."""
    stores, other = postgres_shelf.stores, postgres_shelf.again()
    await stores.inbox.add([RawUpdate(n, f"private:{n}", b"%d" % n) for n in range(300)])

    async def work() -> None:
        for lane in await stores.inbox.claim("w", lanes=150, rows=1, lease_seconds=30):
            await stores.walk.commit(lane[0].id, [Alarm("seen", str(lane[0].id))])
        for n in range(300, 340):
            await stores.inbox.add([RawUpdate(n, f"private:{n}", b"%d" % n)])

    await asyncio.gather(work(), rotate(other.database, postgres_shelf.key_file))
    await rotate(other.database, postgres_shelf.key_file, retire=True)

    restarted = postgres_shelf.again()
    postgres_shelf.clock.move(minutes=5)
    claimed = await restarted.inbox.claim("r", lanes=500, rows=5, lease_seconds=30)
    assert len(claimed) == 190
    assert await restarted.alarms.count() == 150
    for one in (other, restarted):
        await one.database.close()


async def test_one_service_polls(postgres_shelf: Shelf):
    """The lock goes over when its holder lets it go, closes, or loses its connection."""
    first, second, third = (postgres_shelf.again().database for _ in range(3))
    assert await first.try_lock("poll") is True
    assert await first.try_lock("poll") is True
    assert await second.try_lock("poll") is False
    assert await second.try_lock("other") is True
    await first.unlock("poll")
    assert await second.try_lock("poll") is True
    assert await first.try_lock("poll") is False
    await second.close()
    assert await first.try_lock("poll") is True

    await third.run(lambda db: db.execute(CUT_OTHERS).all())
    assert await third.try_lock("poll") is True
    assert await first.try_lock("poll") is False
    for database in (first, third):
        await database.close()


async def test_a_cut_connection_heals_itself(postgres_shelf: Shelf):
    """What ran is an error in our words, what comes next works."""
    other = postgres_shelf.again()
    await asyncio.gather(*(postgres_shelf.stores.inbox.add([RawUpdate(n, "odd", b"x")]) for n in range(8)))
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def long(db):
        loop.call_soon_threadsafe(started.set)
        db.execute(text("SELECT pg_sleep(25)"))

    running = asyncio.create_task(postgres_shelf.stores.database.run(long))
    await asyncio.wait_for(started.wait(), 10)
    await other.database.run(lambda db: db.execute(CUT_OTHERS).all())
    with pytest.raises(DatabaseUnfit, match="reached"):
        await running
    assert await postgres_shelf.stores.inbox.add([RawUpdate(9, "odd", b"x")]) == 1
    assert await postgres_shelf.stores.inbox.waiting() == 9
    await other.database.close()


async def test_services_that_start_together_migrate_once(postgres: Postgres, tmp_path):
    first = open_shelf(postgres.new_database(), tmp_path)
    second = first.again()
    await asyncio.gather(first.stores.database.upgrade(), second.database.upgrade())
    await first.stores.database.check()
    await second.database.check()
    for stores in (first.stores, second):
        await stores.database.close()


async def test_the_service_settings_hold_on_every_connection(postgres_shelf: Shelf):
    database = postgres_shelf.stores.database

    def read(db):
        return [db.execute(text(f"SHOW {name}")).scalar() for name in ("statement_timeout", "lock_timeout")]

    assert await database.truncate_log() is True
    found = await asyncio.gather(*(database.run(read) for _ in range(8)))
    assert found == [["30s", "10s"]] * 8


async def test_a_service_that_lives_keeps_its_sends(postgres_shelf: Shelf):
    """Another that starts meanwhile takes over only what a dead one left in mid-call."""
    first, second = postgres_shelf.again(), postgres_shelf.again()
    for chat, holder in ((7, "first"), (8, "dead")):
        me = await first.walk.person(ChatId(chat))
        await first.walk.commit(None, [Send(ToPerson(me.person), Say(holder))])
    assert await first.living_holders("first") == ["first"]
    mine, other = await first.outbox.next_rows(postgres_shelf.clock(), limit=9)
    await first.outbox.mark_sending([mine.id], "first")
    await first.outbox.mark_sending([other.id], "dead")

    alive = await second.living_holders("second")
    assert sorted(alive) == ["first", "second"]
    assert [row.id for row in await second.outbox.abandoned(alive)] == [other.id]

    await first.database.close()
    alive = await second.living_holders("second")
    assert alive == ["second"]
    assert [row.id for row in await second.outbox.abandoned(alive)] == [mine.id, other.id]
    await second.database.close()
