"""Rotating the service key: killed at any step, everything still opens, and the next call goes on."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import tests.support.rotation_driver as driver
from bot.errors import SealBroken
from bot.inbox.ports import RawUpdate
from bot.messages import ChatId
from bot.storage.database import Database
from bot.storage.key_file import read_key_file
from bot.storage.keys import load_key_ring
from bot.storage.rotation import rotate
from bot.storage.stores import stores_over
from tests.support.full_database import CHAT, fill, read_everything
from tests.support.storage import GROUP, Shelf, StandingClock


async def filled(shelf: Shelf) -> None:
    await fill(shelf)
    await shelf.stores.inbox.add([RawUpdate(n, f"private:{n}", b"%d" % n) for n in range(50, 54)])


async def look(folder: Path, clock_at: Any) -> dict[str, Any]:
    """Open a copy as a service would after a restart, and read everything in it."""
    clock = StandingClock()
    clock.now = clock_at
    key_file = folder / "keys" / "harbour.key"
    url = f"sqlite:///{folder / 'harbour.db'}"
    stores = stores_over(Database(url, load_key_ring(key_file)), groups=(GROUP,), clock=clock)
    found = await read_everything(stores, Shelf(url, key_file, clock, stores))
    await stores.database.close()
    return found


def copy(source: Path, to: Path) -> Path:
    to.mkdir()
    for file in source.glob("harbour.db*"):
        shutil.copy2(file, to / file.name)
    shutil.copytree(source / "keys", to / "keys")
    return to


def drive(count_file: Path, plans: list[str]) -> None:
    program = Path(driver.__file__)
    done = subprocess.run([sys.executable, str(program), str(count_file), *plans], timeout=300, check=False)
    assert done.returncode == 0


async def finish(folder: Path) -> tuple[int, ...]:
    """Rotate to the end in this process; return the service keys the file then holds."""
    key_file = folder / "keys" / "harbour.key"
    database = Database(f"sqlite:///{folder / 'harbour.db'}", load_key_ring(key_file))
    await rotate(database, key_file, retire=True)
    await database.close()
    return tuple(read_key_file(key_file).service)


@pytest.mark.threat("T25")
async def test_killed_at_every_step_everything_opens_and_the_next_call_finishes(shelf: Shelf, tmp_path: Path):
    await filled(shelf)
    await shelf.stores.database.close()
    later = shelf.clock.move(hours=1)
    expected = await look(copy(tmp_path, tmp_path / "whole"), later)
    assert len(expected["updates"]) == 5

    drive(tmp_path / "steps", [f"{copy(tmp_path, tmp_path / 'counted')}=count"])
    steps = len((tmp_path / "steps").read_text().splitlines())
    assert steps >= 40
    pairs = [(3, 5), (steps // 2, steps // 3), (steps - 1, 2), (4, steps // 2)]
    plans = [(step,) for step in range(1, steps + 1)] + pairs
    folders = {plan: copy(tmp_path, tmp_path / "-".join(map(str, plan))) for plan in plans}
    drive(tmp_path / "none", [f"{folder}={'+'.join(map(str, plan))}" for plan, folder in folders.items()])

    for number, folder in enumerate((tmp_path / "counted", *folders.values())):
        assert await look(folder, later) == expected, folder.name
        if number % 4 == 0:
            (key,) = await finish(folder)
            # Leases of the first look are over by then.
            assert await look(folder, later + timedelta(hours=1)) == expected, folder.name
            assert key >= 2


@pytest.mark.threat("T25")
async def test_both_keys_live_until_the_old_one_is_retired(shelf: Shelf, tmp_path: Path):
    """A service that was not restarted reads and writes on; later the old key goes."""
    await filled(shelf)
    running = shelf.stores
    other = shelf.again()

    first = await rotate(other.database, shelf.key_file)
    assert (first.current, first.unopened, first.retired) == (2, 0, ())
    assert first.rewrapped >= 12
    assert tuple(read_key_file(shelf.key_file).service) == (1, 2)
    newcomer = await running.walk.person(ChatId(99))
    assert (await running.walk.person(ChatId(CHAT))).events

    second = await rotate(other.database, shelf.key_file, retire=True)
    assert (second.current, second.retired) == (3, (1, 2))
    restarted = shelf.again()
    assert await restarted.walk.person(ChatId(99)) == newcomer
    assert (await restarted.walk.person(ChatId(CHAT))).events
    for stores in (other, restarted):
        await stores.database.close()


@pytest.mark.threat("T25")
async def test_a_field_that_does_not_open_keeps_the_old_key(shelf: Shelf, tmp_path: Path):
    """It may yet be mended from a backup: its key must not be thrown away over it."""
    await filled(shelf)
    shelf.stores.database.run_here(
        lambda db: db.exec_driver_sql(
            "UPDATE alarms SET about = CAST(x'0100000001' || randomblob(90) AS BLOB)"
        )
    )
    done = await rotate(shelf.stores.database, shelf.key_file, retire=True)
    assert done.unopened >= 1
    assert done.retired == ()
    assert tuple(read_key_file(shelf.key_file).service) == (1, 2)


@pytest.mark.threat("T25")
async def test_the_old_key_alone_opens_nothing_afterwards(shelf: Shelf, tmp_path: Path):
    """Who stole the key file before the rotation cannot read what a later thief of the disk brings."""
    await filled(shelf)
    stolen = tmp_path / "stolen.key"
    shutil.copy2(shelf.key_file, stolen)
    await rotate(shelf.stores.database, shelf.key_file, retire=True)

    thief = stores_over(Database(shelf.url, load_key_ring(stolen)), groups=(GROUP,), clock=shelf.clock)
    with pytest.raises(SealBroken):
        await thief.walk.person(ChatId(CHAT))
    with pytest.raises(SealBroken):
        await thief.roster.list_advocates()
    await thief.database.close()


async def test_a_large_table_is_rewrapped_in_many_transactions(shelf: Shelf):
    updates = [RawUpdate(n, f"private:{n}", b"x") for n in range(450)]
    await shelf.stores.inbox.add(updates)
    done = await rotate(shelf.stores.database, shelf.key_file)
    assert done.rewrapped == 450
    claimed = await shelf.again().inbox.claim("w", lanes=500, rows=1, lease_seconds=30)
    assert len(list(itertools.chain.from_iterable(claimed))) == 450
