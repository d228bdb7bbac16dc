"""A database and a key file that do not belong together: nothing starts, nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from bot.errors import KeyMissing
from bot.messages import ChatId
from bot.storage.database import Database
from bot.storage.keys import create_key_file
from bot.storage.tables import people
from tests.support.storage import Shelf


def opened_with_another_key(shelf: Shelf, folder: Path) -> Database:
    return Database(shelf.url, create_key_file(folder / "other" / "harbour.key"))


@pytest.mark.threat("T23")
async def test_another_databases_key_is_refused(shelf: Shelf, tmp_path: Path):
    """As after a restore that brought the wrong key file: better no answer than a second, empty world."""
    await shelf.stores.walk.person(ChatId(5_120_774_001))
    other = opened_with_another_key(shelf, tmp_path)
    try:
        with pytest.raises(KeyMissing):
            await other.check()
    finally:
        await other.close()
    await shelf.stores.database.check()


async def test_an_invitation_alone_tells_it_too(shelf: Shelf, tmp_path: Path):
    until = shelf.clock.move(minutes=30)
    await shelf.stores.roster.create_invite("Heron", "advocate", "0" * 64, until)
    other = opened_with_another_key(shelf, tmp_path)
    try:
        with pytest.raises(KeyMissing):
            await other.check()
    finally:
        await other.close()


async def test_an_empty_database_takes_any_key(shelf: Shelf, tmp_path: Path):
    other = opened_with_another_key(shelf, tmp_path)
    try:
        await other.check()
    finally:
        await other.close()


async def test_one_altered_row_does_not_stop_the_service(shelf: Shelf):
    for number in range(5_120_774_001, 5_120_774_006):
        await shelf.stores.walk.person(ChatId(number))
    first = await shelf.stores.walk.person(ChatId(5_120_774_001))
    broken = update(people).where(people.c.id == first.person).values(wrapped_key=b"\1" * 60)
    await shelf.stores.database.run(lambda db: db.execute(broken))
    await shelf.stores.database.check()
