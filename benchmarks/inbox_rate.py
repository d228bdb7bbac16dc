"""How many updates a second the inbox commits, with every commit flushed to the disk."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.processes import BenchmarkFailed
from benchmarks.telegram import update
from bot.gateway.lanes import to_store
from bot.storage.database import Database
from bot.storage.keys import create_key_file
from bot.storage.stores import stores_over

BATCH = 100
PEOPLE = 500
FULL = 2


async def updates_per_second(folder: Path, *, batches: int) -> float:
    """Store so many batches as the fetch loop does, into a new SQLite database."""
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'inbox.db'}", create_key_file(folder / "inbox.key"))
    try:
        await database.upgrade()
        flush = await database.run(lambda db: db.exec_driver_sql("PRAGMA synchronous").scalar(), writes=False)
        if flush != FULL:
            raise BenchmarkFailed(f"The database runs with synchronous={flush}, not FULL.")
        inbox = stores_over(database).inbox
        raws = [
            update(number, 20_001 + number % PEOPLE, {"text": f"message number {number} of the benchmark"})
            for number in range(1, batches * BATCH + 1)
        ]
        began = time.perf_counter()
        stored = 0
        for at in range(0, len(raws), BATCH):
            stored += await inbox.add([to_store(raw) for raw in raws[at : at + BATCH]])
        seconds = time.perf_counter() - began
    finally:
        await database.close()
    if stored != len(raws):
        raise BenchmarkFailed(f"Of {len(raws)} updates the inbox stored {stored}.")
    return stored / seconds
