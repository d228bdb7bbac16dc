"""Stores for tests: a clock that stands until moved, a key file of their own, SQLite or PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.storage.database import Database
from bot.storage.keys import create_key_file, load_key_ring
from bot.storage.stores import Stores, stores_over

START = datetime(2026, 3, 4, 10, 20, 30, tzinfo=UTC)
GROUP = -1001234567890


class StandingClock:
    """A clock that shows ``now`` until someone moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> datetime:
        """Go forward and return the new time."""
        self.now += timedelta(**span)
        return self.now


@dataclass
class Shelf:
    """One database with everything needed to open it once more."""

    url: str
    key_file: Path
    clock: StandingClock
    stores: Stores

    def again(self, groups: tuple[int, ...] = (GROUP,)) -> Stores:
        """Open the same database a second time, as another process would."""
        database = Database(self.url, load_key_ring(self.key_file))
        return stores_over(database, groups=groups, clock=self.clock)


def open_shelf(url: str, folder: Path) -> Shelf:
    """Return stores over ``url`` with a new key file in ``folder``; not migrated yet."""
    key_file = folder / "keys" / "harbour.key"
    ring = create_key_file(key_file)
    clock = StandingClock()
    stores = stores_over(Database(url, ring), groups=(GROUP,), clock=clock)
    return Shelf(url, key_file, clock, stores)
