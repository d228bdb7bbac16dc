"""Starting the engine for a command that needs nothing else of the service."""

from __future__ import annotations

import asyncio

from bot.engine import releases
from bot.engine.client import EngineClient
from bot.engine.manifest import Release
from bot.errors import EngineDown, ModelUnfit
from bot.settings import Settings

START_SECONDS = 120.0


async def engine_of(settings: Settings, release: Release | None = None) -> EngineClient:
    """Return a started engine with a release (default: the current one), ready to answer.

    Raises:
        ModelUnfit: If there is no release.
        EngineDown: If it does not start.
    """
    release = release or releases.current(settings.models_dir)
    if release is None:
        raise ModelUnfit("There is no model yet.", remedy="Say `harbour train` first.")
    engine = EngineClient(release.archive, settings.root, deadline_seconds=30.0)
    await engine.start()
    try:
        async with asyncio.timeout(START_SECONDS):
            await engine.ready.wait()
    except TimeoutError:
        await engine.stop()
        raise EngineDown("The engine does not start.", remedy="Say `harbour doctor`.") from None
    return engine
