"""A fresh SQLite database with its key file, for what concerns SQLite or no database at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.storage import Shelf, open_shelf


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    opened = open_shelf(f"sqlite:///{tmp_path / 'harbour.db'}", tmp_path)
    await opened.stores.database.upgrade()
    yield opened
    await opened.stores.database.close()
