"""`harbour keys …` and `harbour db upgrade`."""

from __future__ import annotations

import asyncio
import sys

from bot.settings import Settings
from bot.storage.keys import create_key_file, load_key_ring
from bot.storage.rotation import Rotated
from bot.storage.rotation import rotate as rotate_keys
from bot.storage.stores import open_stores


def create(settings: Settings) -> None:
    """Make the key file."""
    create_key_file(settings.key_file)
    sys.stdout.write(f"Made {settings.key_file}. Keep a copy apart from the database.\n")


def rotate(settings: Settings, *, retire: bool) -> None:
    """Make a new service key and wrap everything in it; go on where an earlier run stopped."""

    async def work() -> Rotated:
        stores = open_stores(settings, load_key_ring(settings.key_file))
        try:
            if retire:
                # A service that still runs seals with the key that is about to go.
                stores.database.hold_alone()
            await stores.database.check()
            return await rotate_keys(stores.database, settings.key_file, retire=retire)
        finally:
            await stores.database.close()

    done = asyncio.run(work())
    sys.stdout.write(f"{done.rewrapped} fields are wrapped in service key {done.current}.\n")
    if done.unopened:
        sys.stdout.write(f"{done.unopened} could not be opened; the old keys stay.\n")
    if done.retired:
        sys.stdout.write(
            f"Retired: {', '.join(map(str, done.retired))}. Old backups need the old key file.\n"
        )
    else:
        sys.stdout.write("Restart every service, then say `harbour keys rotate --retire`.\n")
    sys.stdout.write("Copy the key file to its safe place.\n")


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
