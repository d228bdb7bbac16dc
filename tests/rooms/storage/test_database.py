"""The database itself: its settings, its errors in our words, and who may use it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.errors import Conflict, DatabaseUnfit, HarbourError, SecondCopy, SettingsError
from bot.inbox.ports import RawUpdate
from bot.messages import ChatId
from bot.storage.database import Database
from bot.storage.keys import create_key_file
from bot.storage.tables import people
from tests.support.storage import Shelf, open_shelf

WORDS = "words of a young person"


async def test_every_connection_has_every_safety_setting(shelf: Shelf):
    """Also the one that is opened anew after the first was thrown away."""
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
        "temp_store": 2,
    }

    def read(db):
        return {name: db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}

    assert await shelf.stores.database.run(read) == expected
    with pytest.raises(HarbourError):
        await shelf.stores.database.run(lambda db: db.invalidate())
    assert await shelf.stores.database.run(read) == expected
    assert await shelf.stores.database.truncate_log() is True
    assert await shelf.stores.database.run(read) == expected


async def test_what_raises_is_rolled_back_whole(shelf: Shelf):
    def work(db):
        db.exec_driver_sql("INSERT INTO lanes (lane, turn) VALUES ('x', 1)")
        db.exec_driver_sql("CREATE TABLE more (x INTEGER)")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await shelf.stores.database.run(work)
    left = "SELECT (SELECT count(*) FROM lanes) + (SELECT count(*) FROM sqlite_master WHERE name = 'more')"
    assert await shelf.stores.database.run(lambda db: db.exec_driver_sql(left).scalar()) == 0


def person_row(name: str, **more: object) -> dict[str, object]:
    row = {"id": name, "chat_blind": "b", "wrapped_key": b"k", "chat": b"c", "version": 0, "seen_at": 0}
    return row | {"reach": "open"} | more


@pytest.mark.threat("T27")
@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (lambda db: db.execute(insert(people), [person_row(WORDS), person_row(WORDS)]), Conflict),
        (lambda db: db.execute(insert(people), [person_row("p", reach=WORDS)]), HarbourError),
        (lambda db: db.execute(insert(people), [person_row("p", chat_blind=None, id=WORDS)]), HarbourError),
        (lambda db: db.execute(text("SELECT :words FROM nowhere"), {"words": WORDS}), DatabaseUnfit),
        (lambda db: db.execute(text("SELEC :words"), {"words": WORDS}), HarbourError),
        (lambda db: db.execute(text("SELECT :other"), {"words": WORDS}), HarbourError),
    ],
)
async def test_no_error_repeats_a_value(shelf: Shelf, work, kind):
    """Neither its message, nor anything chained to it."""
    with pytest.raises(kind) as caught:
        await shelf.stores.database.run(work)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error))
    assert WORDS not in shown.replace(f'"{WORDS}"', "")
    assert WORDS not in str(error)


async def test_a_damaged_file_is_named_so(shelf: Shelf, tmp_path: Path):
    await shelf.stores.inbox.add([RawUpdate(n, "private:7", b"x" * 900) for n in range(200)])
    await shelf.stores.database.truncate_log()
    await shelf.stores.database.close()
    file = tmp_path / "harbour.db"
    content = bytearray(file.read_bytes())
    for place in range(8192, len(content), 4096):
        content[place : place + 64] = b"\xff" * 64
    file.write_bytes(content)

    opened = shelf.again()
    with pytest.raises(DatabaseUnfit, match="damaged"):
        await opened.database.check()
    await opened.database.close()

    file.write_bytes(b"this is not a database at all, only some text" * 200)
    opened = shelf.again()
    with pytest.raises(DatabaseUnfit, match="damaged"):
        await opened.database.check()
    await opened.database.close()


async def test_a_full_disk_is_named_so_and_heals_itself(shelf: Shelf):
    """Nothing of the batch is stored, nothing of earlier ones is lost, and room makes it work again."""
    database = shelf.stores.database
    await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"x")])
    pages = await database.run(lambda db: db.exec_driver_sql("PRAGMA page_count").scalar())
    await database.run(lambda db: db.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}").scalar())
    batch = [RawUpdate(n, "private:7", b"x" * 3000) for n in range(2, 40)]

    with pytest.raises(DatabaseUnfit, match="full"):
        await shelf.stores.inbox.add(batch)
    assert await shelf.stores.inbox.waiting() == 1

    await database.run(lambda db: db.exec_driver_sql("PRAGMA max_page_count = 100000").scalar())
    assert await shelf.stores.inbox.add(batch) == 38


async def test_a_locked_database_is_named_so_and_heals_itself(shelf: Shelf, tmp_path: Path):
    def impatient(db):
        db.exec_driver_sql("PRAGMA busy_timeout = 1")

    await shelf.stores.database.run(impatient)
    with closing(sqlite3.connect(tmp_path / "harbour.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnfit, match="locked"):
            await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"x")])
        assert await shelf.stores.inbox.waiting() == 0
        other.execute("COMMIT")
    assert await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"x")]) == 1


async def test_a_missing_or_forbidden_folder_is_named_so(tmp_path: Path):
    ring = create_key_file(tmp_path / "a.key")
    (tmp_path / "harbour.db").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'harbour.db'}", ring)
    with pytest.raises(DatabaseUnfit) as caught:
        await database.check()
    assert caught.value.remedy
    await database.close()


async def test_an_unreachable_server_is_named_so_without_its_password(tmp_path: Path):
    ring = create_key_file(tmp_path / "a.key")
    database = Database("postgresql://harbour:geheim@127.0.0.1:1/harbour", ring)
    with pytest.raises(DatabaseUnfit, match="cannot be reached") as caught:
        await database.check()
    with pytest.raises(DatabaseUnfit, match="cannot be reached"):
        await database.try_lock("poll")
    assert "geheim" not in "".join(traceback.format_exception(caught.value))
    await database.close()


@pytest.mark.parametrize(
    "url", ["", "harbour.db", "mysql://u:geheim@h/d", "postgresql+asyncpg//x", "nonsense://geheim"]
)
def test_an_unknown_url_is_refused_without_repeating_it(tmp_path: Path, url: str):
    ring = create_key_file(tmp_path / "a.key")
    with pytest.raises(SettingsError) as caught:
        Database(url, ring)
    assert "geheim" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.remedy


async def test_not_migrated_is_named_so(tmp_path: Path):
    shelf = open_shelf(f"sqlite:///{tmp_path / 'data' / 'harbour.db'}", tmp_path)
    with pytest.raises(DatabaseUnfit, match="harbour db upgrade"):
        await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"x")])
    await shelf.stores.database.upgrade()
    assert await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"x")]) == 1
    assert (tmp_path / "data" / "harbour.db").stat().st_mode & 0o077 == 0
    await shelf.stores.database.close()


TAKE_THE_FILE = """
import sys
from pathlib import Path
from bot.errors import SecondCopy
from bot.storage.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
try:
    lock.take()
except SecondCopy:
    print("refused", flush=True)
else:
    print("taken", flush=True)
    sys.stdin.readline()
"""


def another_process(file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TAKE_THE_FILE, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_a_second_copy_is_refused_until_the_first_is_gone(shelf: Shelf, tmp_path: Path):
    """Also when the first ends by kill -9; commands that only look are never refused."""
    file = tmp_path / "harbour.db"
    with another_process(file) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "taken\n"
        with pytest.raises(SecondCopy) as caught:
            shelf.stores.database.hold_alone()
        assert caught.value.remedy
        assert await shelf.stores.inbox.waiting() == 0
        first.kill()

    shelf.stores.database.hold_alone()
    shelf.stores.database.hold_alone()
    with another_process(file) as second:
        assert second.stdout is not None
        assert second.stdout.readline() == "refused\n"
    await shelf.stores.database.close()
    with another_process(file) as third:
        assert third.stdout is not None
        assert third.stdout.readline() == "taken\n"
        third.kill()


async def test_reads_do_not_wait_for_another_programs_write(shelf: Shelf, tmp_path: Path):
    await shelf.stores.walk.person(ChatId(7))
    with closing(sqlite3.connect(tmp_path / "harbour.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await shelf.stores.walk.person(ChatId(7))).version == 0
        other.execute("ROLLBACK")


async def test_a_restart_takes_the_lanes_of_the_dead_at_once(shelf: Shelf):
    """The only service on the database need not wait for leases that a kill -9 left behind."""
    await shelf.stores.inbox.add([RawUpdate(1, "private:7", b"x")])
    assert len(await shelf.stores.inbox.claim("dead", lanes=9, rows=9, lease_seconds=120)) == 1

    again = shelf.again()
    assert await again.inbox.claim("new", lanes=9, rows=9, lease_seconds=120) == []
    again.database.hold_alone()
    ((row,),) = await again.inbox.claim("new", lanes=9, rows=9, lease_seconds=120)
    assert row.attempt == 2
    assert await again.inbox.claim("new", lanes=9, rows=9, lease_seconds=120) == []
    assert await again.living_holders("new") == ["new"]
    await again.database.close()
