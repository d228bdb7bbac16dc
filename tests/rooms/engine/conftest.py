"""A tiny project, trained once and kept until what it is made of changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.engine import releases
from bot.engine.client import EngineClient
from bot.engine.manifest import Release

TINY = Path(__file__).resolve().parents[2] / "support" / "tiny_project"

START_SECONDS = 90
"""Longest wait for a child on a busy machine; no test waits so long unless something is broken."""


@pytest.fixture(scope="session")
def tiny_root() -> Path:
    return TINY


@pytest.fixture(scope="session")
def tiny_release() -> Release:
    return releases.ensure(TINY, TINY / "models")


@pytest.fixture(scope="session")
def copied(tiny_release: Release) -> Callable[[Path, str], Path]:
    """Copy the trained release into a folder under a name of its own; gives the archive."""

    def copy(folder: Path, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        archive = folder / f"{name}.tar.gz"
        archive.write_bytes(tiny_release.archive.read_bytes())
        manifest = tiny_release.archive.with_name(tiny_release.name + ".json").read_text()
        archive.with_name(f"{name}.json").write_text(manifest.replace(tiny_release.name, name))
        return archive

    return copy


@pytest.fixture
def running() -> Callable[..., Any]:
    """Run a client until the block ends; ``running(model, deadline_seconds=…)``."""

    @asynccontextmanager
    async def run(model: Path, **settings: Any) -> AsyncIterator[EngineClient]:
        settings.setdefault("deadline_seconds", 30.0)
        client = EngineClient(model, TINY, start_grace_seconds=START_SECONDS, **settings)
        await client.start()
        try:
            await asyncio.wait_for(client.ready.wait(), START_SECONDS)
            yield client
        finally:
            await client.stop()

    return run
