"""`harbour keys …` and `harbour db upgrade`."""

from __future__ import annotations

import asyncio
import sys

from bot.settings import Settings
from bot.storage.keys import create_key_file, load_key_ring
from bot.storage.rotation import rotate as rotate_keys
from bot.storage.stores import open_stores


def create(settings: Settings) -> None:
    """Make the key file."""
    create_key_file(settings.key_file)
    sys.stdout.write(f"Made {settings.key_file}. Keep a copy apart from the database.\n")


def rotate(settings: Settings) -> None:
    """Make a new service key and wrap everything in it; go on where an earlier run stopped."""

    async def work() -> str:
        stores = open_stores(settings, load_key_ring(settings.key_file))
        try:
            await stores.database.check()
            return str(await rotate_keys(stores.database, settings.key_file))
        finally:
            await stores.database.close()

    sys.stdout.write(
        f"{asyncio.run(work())}\nRestart the service. Then copy the key file to its safe place.\n"
    )


def upgrade(settings: Settings) -> None:
    """Bring the tables to this version."""

    async def work() -> None:
        stores = open_stores(settings, load_key_ring(settings.key_file))
        try:
            await stores.database.upgrade()
            await stores.database.check()
        finally:
            await stores.database.close()

    asyncio.run(work())
    sys.stdout.write("The database is of this version.\n")
