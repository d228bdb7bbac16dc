"""Erasing a person: no byte of theirs is left, whoever reads or sends meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.inbox.ports import RawUpdate
from bot.messages import (
    Alarm,
    Case,
    CaseId,
    ChatId,
    OpenCase,
    SaveConversation,
    Say,
    Send,
    SetTimer,
    Timer,
    ToPerson,
    ToTopic,
)
from bot.outbox.ports import End, Result
from bot.storage.erase import erase_person
from tests.support.full_database import CASE, CHAT, NEW_GROUP, THREAD, fill
from tests.support.storage import GROUP, Shelf

TABLES = ("people", "timers", "outbox", "cases", "handles", "dead_letters", "alarms", "lanes", "inbox")


def blobs_of(file: Path, person: str) -> set[bytes]:
    """Return everything sealed that rests in this person's rows, and their blind ids."""
    with closing(sqlite3.connect(file)) as raw:
        found: set[bytes] = set()
        for row in raw.execute(
            "SELECT wrapped_key, chat, state, chat_blind FROM people WHERE id = ?", [person]
        ):
            found |= {value if isinstance(value, bytes) else value.encode() for value in row if value}
        for table, column in (
            ("outbox", "body"),
            ("cases", "detail"),
            ("handles", "act"),
            ("timers", "about"),
        ):
            chosen = f"SELECT {column} FROM {table} WHERE person_id = ? AND {column} IS NOT NULL"
            found |= {row[0] for row in raw.execute(chosen, [person])}
        return found


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("harbour.db*")}


def traces_left(folder: Path, blobs: set[bytes]) -> list[str]:
    # A piece of 16 bytes from the middle is enough to know a sealed field by.
    pieces = {blob[len(blob) // 2 :][:16] for blob in blobs}
    return [name for name, content in files(folder).items() for piece in pieces if piece in content]


@pytest.mark.threat("T24")
async def test_nothing_of_an_erased_person_is_left_in_any_file(shelf: Shelf, tmp_path: Path):
    await fill(shelf)
    me = await shelf.stores.walk.person(ChatId(CHAT))
    await shelf.stores.inbox.add([RawUpdate(70, f"topic:{NEW_GROUP}:{THREAD}", b"an advocate's words")])
    await shelf.stores.walk.commit(None, [Alarm("odd", CASE), Alarm("odd", me.person)])
    other = await shelf.stores.walk.person(ChatId(8))
    await shelf.stores.walk.commit(None, [Send(ToPerson(other.person), Say("for another"))])
    blobs = blobs_of(tmp_path / "harbour.db", me.person)
    assert len(blobs) >= 9
    assert traces_left(tmp_path, blobs)

    done = await shelf.stores.erase_person(me.person)

    assert (done.found, done.log_emptied) == (True, True)
    assert done.rows >= 12
    assert traces_left(tmp_path, blobs) == []
    assert me.person.encode() not in b"".join(files(tmp_path).values())
    assert CASE.encode() not in b"".join(files(tmp_path).values())
    assert (tmp_path / "harbour.db-wal").stat().st_size == 0
    assert await shelf.stores.walk.conversation(me.person) is None
    assert await shelf.stores.walk.case(CASE) is None
    assert await shelf.stores.walk.case_of_topic(ChatId(NEW_GROUP), THREAD) is None
    assert await shelf.stores.inbox.waiting() == 0
    assert await shelf.stores.inbox.dead_letter(1) is None
    assert [kept.alarm.what for kept in await shelf.stores.alarms.all()] == ["update-set-aside", "odd"]
    rows = await shelf.stores.outbox.next_rows(shelf.clock(), limit=99)
    assert Say("for another") in [row.body for row in rows]


@pytest.mark.threat("T24")
async def test_a_repeat_of_an_erased_update_brings_nothing_back(shelf: Shelf):
    """Telegram gives again what was not confirmed: its number is still known, its words are not."""
    await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"words")])
    me = await shelf.stores.walk.person(ChatId(7))
    await shelf.stores.erase_person(me.person)
    assert await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"words")]) == 0
    assert await shelf.stores.inbox.waiting() == 0


@pytest.mark.threat("T24")
async def test_a_reader_that_holds_the_log_is_reported(shelf: Shelf, tmp_path: Path):
    """Another program has the file open in a transaction: said so, and mended once it lets go."""
    await fill(shelf)
    me = await shelf.stores.walk.person(ChatId(CHAT))
    blobs = blobs_of(tmp_path / "harbour.db", me.person)
    with closing(sqlite3.connect(tmp_path / "harbour.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM people").fetchone()
        done = await erase_person(shelf.stores.database, me.person, shelf.clock(), log_tries=1)
        assert (done.found, done.log_emptied) == (True, False)
        reader.execute("COMMIT")
    kept = [alarm.alarm for alarm in await shelf.stores.alarms.undelivered()]
    assert Alarm("erased-words-in-the-log") in kept
    await shelf.stores.housekeeping(shelf.clock())
    assert traces_left(tmp_path, blobs) == []


@pytest.mark.threat("T24")
async def test_an_erasure_raced_with_sends_leaves_nothing(shelf: Shelf, tmp_path: Path):
    """Sends are marked, settled and added while the person is erased, in every order."""
    for chat in range(100, 130):
        me = await shelf.stores.walk.person(ChatId(chat))
        case = Case(CaseId(f"case-{chat}"), "K", me.person, ChatId(GROUP), thread=chat)
        await shelf.stores.walk.commit(None, [OpenCase(case), Send(ToPerson(me.person), Say("one"))])
        (row,) = await shelf.stores.outbox.next_rows(shelf.clock(), limit=9)
        blobs = blobs_of(tmp_path / "harbour.db", me.person)

        async def send(row: Any = row, case: Case = case) -> None:
            if await shelf.stores.outbox.mark_sending([row.id], "me"):
                follow = [Send(ToTopic(case.id), Say("delivered")), Alarm("sent", case.id)]
                await shelf.stores.outbox.settle([row.id], Result(End.SENT, message=1), follow, retry_at=None)

        async def say(me: Any = me) -> None:
            await shelf.stores.walk.commit(
                None,
                [
                    SaveConversation(me),
                    Send(ToPerson(me.person), Say("two")),
                    SetTimer(Timer("nudge", me.person, shelf.clock())),
                ],
            )

        steps = [send(), say(), shelf.stores.erase_person(me.person)]
        await asyncio.gather(*(steps[(n + chat) % 3] for n in range(3)), return_exceptions=True)
        assert await shelf.stores.walk.conversation(me.person) is None
        assert traces_left(tmp_path, blobs) == []
        with closing(sqlite3.connect(tmp_path / "harbour.db")) as raw:
            for table in ("outbox", "timers", "cases", "handles"):
                assert raw.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


async def test_erasing_nobody_says_so(shelf: Shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    assert (await shelf.stores.erase_person(me.person)).found is True
    assert (await shelf.stores.erase_person(me.person)).found is False
    again = await shelf.stores.walk.person(ChatId(7))
    assert again.person != me.person
