"""Opening the database for a command that runs beside the service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.settings import Settings
from bot.storage.keys import load_key_ring
from bot.storage.stores import Stores, open_stores

T = TypeVar("T")


def with_stores(settings: Settings, work: Callable[[Stores], Awaitable[T]]) -> T:
    """Run ``work`` over the configured database and close it.

    Raises:
        KeyMissing: If there is no key file.
        DatabaseUnfit: If the database is damaged, unreachable or not migrated.
    """

    async def run() -> T:
        stores = open_stores(settings, load_key_ring(settings.key_file))
        try:
            await stores.database.check()
            return await work(stores)
        finally:
            await stores.database.close()

    return asyncio.run(run())
