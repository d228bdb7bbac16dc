"""Fixtures of the walks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from bot.storage.keys import create_key_file
from bot.storage.stores import stores_over
from bot.words import Words
from tests.support.walking import ADA, BEN, GROUP, ROOT, Clock, Walking


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load(ROOT)


@pytest.fixture
async def walk(tmp_path: Path, words: Words) -> AsyncIterator[Walking]:
    clock = Clock()
    ring = create_key_file(tmp_path / "harbour.key")
    stores = stores_over(Database(f"sqlite:///{tmp_path}/walk.db", ring), groups=[GROUP], clock=clock)
    await stores.database.upgrade()
    walking = Walking(stores, words, clock)
    await walking.enrols(ADA, "Heron")
    await walking.enrols(BEN, "Finch")
    yield walking
    await stores.database.close()
