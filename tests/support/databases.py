"""Fixtures for tests that run on SQLite and, where its server programs are found, on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Postgres, find_binaries
from tests.support.storage import Shelf, open_shelf


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server programs (initdb, pg_ctl) are not installed")
    server = Postgres(binaries)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'harbour.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
async def shelf(database_url: str, tmp_path: Path) -> AsyncIterator[Shelf]:
    opened = open_shelf(database_url, tmp_path)
    await opened.stores.database.upgrade()
    yield opened
    await opened.stores.database.close()


@pytest.fixture
async def postgres_shelf(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Shelf]:
    opened = open_shelf(postgres.new_database(), tmp_path)
    await opened.stores.database.upgrade()
    yield opened
    await opened.stores.database.close()
