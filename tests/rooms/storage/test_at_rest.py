"""What lies on the disk: no words, no names, no Telegram ids, and nothing that opens elsewhere."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import SealBroken
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
from tests.support.full_database import CANARY, CARD, CHAT, NEW_GROUP, THREAD, USER, fill
from tests.support.storage import GROUP, Shelf


def traces() -> list[bytes]:
    """Every form in which a canary or an id could lie on the disk."""
    found: list[bytes] = []
    for text in (
        CANARY,
        CANARY.split("-ñ")[0],
        "canary",
        *map(str, (CHAT, USER, -GROUP, -NEW_GROUP, THREAD, CARD)),
    ):
        found += [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]
        found += [text.encode().hex().encode(), json.dumps(text)[1:-1].encode()]
        found += [base64.b64encode(text.encode())[:-4]]
    for number in (CHAT, USER, GROUP, NEW_GROUP, THREAD, CARD):
        # As SQLite writes whole numbers: big-endian, in 3, 4, 6 or 8 bytes.
        found += [
            number.to_bytes(size, "big", signed=True) for size in (6, 8) if abs(number) < 1 << (size * 8 - 1)
        ]
    return found


@pytest.mark.threat("T23")
async def test_nothing_readable_lies_in_any_file(shelf: Shelf, tmp_path: Path):
    """Database, log and shared memory, while running and after closing."""
    await fill(shelf)
    files = [file for file in tmp_path.glob("harbour.db*") if file.is_file()]
    assert {file.name for file in files} >= {"harbour.db", "harbour.db-wal"}
    await_scan = {file.name: file.read_bytes() for file in files}
    assert sum(map(len, await_scan.values())) > 20_000
    for trace in traces():
        for name, content in await_scan.items():
            assert trace not in content, (name, trace)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


@pytest.mark.threat("T23")
async def test_no_sealed_field_opens_in_another_row_or_column(shelf: Shelf, tmp_path: Path):
    """Swap sealed fields pairwise in the file, everywhere they fit; every reader refuses."""
    await fill(shelf)
    other = await shelf.stores.walk.person(ChatId(8))
    me = await shelf.stores.walk.person(ChatId(CHAT))
    await shelf.stores.walk.commit(None, [SaveConversation(other)])
    swaps = [
        ("people", "wrapped_key", "id", me.person, other.person),
        ("people", "state", "id", me.person, other.person),
    ]
    for table, column, key, first, second in swaps:
        with closing(sqlite3.connect(tmp_path / "harbour.db")) as raw, raw:
            read = f"SELECT {column} FROM {table} WHERE {key} = ?"
            mine, theirs = (raw.execute(read, [one]).fetchone()[0] for one in (first, second))
            raw.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", [theirs, first])
        with pytest.raises(SealBroken):
            await shelf.stores.walk.person(ChatId(CHAT))
        with closing(sqlite3.connect(tmp_path / "harbour.db")) as raw, raw:
            raw.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", [mine, first])
    assert (await shelf.stores.walk.person(ChatId(CHAT))).events == ({"text": CANARY},)


@pytest.mark.threat("T23")
async def test_a_moved_outbox_row_is_set_aside_and_the_rest_goes_on(shelf: Shelf, tmp_path: Path):
    """Another person's words put into my row are never sent; an alarm is raised instead."""
    me = (await shelf.stores.walk.person(ChatId(7))).person
    other = (await shelf.stores.walk.person(ChatId(8))).person
    third = (await shelf.stores.walk.person(ChatId(9))).person
    for one in (me, other, third):
        await shelf.stores.walk.commit(None, [Send(ToPerson(one), Say(f"for {one}"))])
    with closing(sqlite3.connect(tmp_path / "harbour.db")) as raw, raw:
        raw.execute(
            "UPDATE outbox SET body = (SELECT body FROM outbox WHERE person_id = ?) WHERE id = 1", [other]
        )
        raw.execute("UPDATE outbox SET person_id = ?, lane = 'person:x' WHERE id = 2", [me])

    rows = await shelf.stores.outbox.next_rows(shelf.clock(), limit=9)

    assert [(row.chat, row.body) for row in rows] == [(9, Say(f"for {third}"))]
    kept = await shelf.stores.alarms.undelivered()
    assert [alarm.alarm for alarm in kept] == [
        Alarm("outbox-seal-broken", "1"),
        Alarm("outbox-seal-broken", "2"),
    ]


@pytest.mark.threat("T11")
async def test_a_row_pointed_at_another_topic_or_chat_is_never_sent(shelf: Shelf, tmp_path: Path):
    """The bare columns say where; what is sealed says otherwise, and wins."""
    people = [(await shelf.stores.walk.person(ChatId(chat))).person for chat in (7, 8)]
    ids = [CaseId(f"case-{chat}") for chat in (7, 8)]
    for one, person in zip(ids, people, strict=True):
        case = Case(one, "K", person, ChatId(GROUP), thread=int(one[-1]))
        await shelf.stores.walk.commit(None, [OpenCase(case), Send(ToTopic(one), Say(f"words of {one}"))])
    with closing(sqlite3.connect(tmp_path / "harbour.db")) as raw, raw:
        raw.execute("UPDATE outbox SET case_id = ?, lane = 'topic:x' WHERE id = 1", [ids[1]])
        raw.execute("UPDATE outbox SET road = 'person', lane = 'person:x' WHERE id = 2")

    assert await shelf.stores.outbox.next_rows(shelf.clock(), limit=9) == []
    assert await shelf.stores.alarms.count() == 2


@pytest.mark.threat("T23")
async def test_an_altered_update_is_set_aside_and_the_next_goes_on(shelf: Shelf, tmp_path: Path):
    await shelf.stores.inbox.add([RawUpdate(n, "private:7", b'{"n": %d}' % n) for n in (1, 2, 3)])
    with closing(sqlite3.connect(tmp_path / "harbour.db")) as raw, raw:
        raw.execute(
            "UPDATE inbox SET body = (SELECT body FROM inbox WHERE update_id = 2) WHERE update_id = 1"
        )

    (rows,) = await shelf.stores.inbox.claim("w", lanes=9, rows=9, lease_seconds=30)

    assert [row.body for row in rows] == [b'{"n": 2}', b'{"n": 3}']
    assert await shelf.stores.alarms.count() == 1


@pytest.mark.threat("T23")
async def test_a_broken_timer_or_alarm_stops_nobody_elses(shelf: Shelf, tmp_path: Path):
    me = (await shelf.stores.walk.person(ChatId(7))).person
    other = (await shelf.stores.walk.person(ChatId(8))).person
    timers = [SetTimer(Timer("nudge", one, shelf.clock(), "1")) for one in (me, other)]
    await shelf.stores.walk.commit(None, [*timers, Alarm("a", "x")])
    with closing(sqlite3.connect(tmp_path / "harbour.db")) as raw, raw:
        raw.execute("UPDATE timers SET about = x'00' WHERE person_id = ?", [me])
        raw.execute("UPDATE alarms SET about = x'0100'")

    assert await shelf.stores.inbox.add_due_timers(shelf.clock()) == 1
    kept = [alarm.alarm for alarm in await shelf.stores.alarms.undelivered()]
    assert kept == [Alarm("a", "(does not open)"), Alarm("timer-seal-broken", me)]


@pytest.mark.threat("T23")
async def test_words_are_gone_from_the_row_once_done_and_sent(shelf: Shelf, tmp_path: Path):
    me = (await shelf.stores.walk.person(ChatId(7))).person
    await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"{}")])
    ((row,),) = await shelf.stores.inbox.claim("w", lanes=1, rows=1, lease_seconds=30)
    await shelf.stores.walk.commit(row.id, [Send(ToPerson(me), Say("hello"))])
    (send,) = await shelf.stores.outbox.next_rows(shelf.clock(), limit=1)
    await shelf.stores.outbox.mark_sending([send.id], "me")
    await shelf.stores.outbox.settle([send.id], Result(End.SENT, message=1), [], retry_at=None)

    with closing(sqlite3.connect(tmp_path / "harbour.db")) as raw:
        hour = int(shelf.clock().replace(minute=0, second=0).timestamp() * 1000)
        assert raw.execute("SELECT body, update_id, done_at FROM inbox").fetchall() == [(None, 1, hour)]
        assert raw.execute("SELECT body, due_at, ended_at FROM outbox").fetchall() == [(None, hour, hour)]
        assert raw.execute("SELECT seen_at FROM people").fetchall() == [(hour,)]
