"""Starting the engine for a command that needs nothing else of the service."""

from __future__ import annotations

from bot.engine.client import EngineClient
from bot.settings import Settings


async def engine_of(settings: Settings) -> EngineClient:
    """Return a started engine with the current release, ready to answer.

    Raises:
        ModelUnfit: If there is no release; the remedy is `harbour train`.
    """
    engine = EngineClient.of(settings, deadline_seconds=30.0)
    await engine.start()
    await engine.ready.wait()
    return engine
