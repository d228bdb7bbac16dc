"""F4: a locked, a full and a damaged database. Nothing is confirmed unstored."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from tests.chaos import story
from tests.chaos.play import Play
from tests.chaos.service import command
from tests.chaos.trial import Fault
from tests.chaos.world import World, breath

LOCKED_SECONDS = 8.0
ROOM = 1024 * 1024


def faults() -> list[Fault]:
    """Return every fault of this kind; the full disk needs the right to mount."""
    return [
        Fault("database locked by another process", locked),
        Fault("disk full", disk_full, starts=False),
        Fault("damaged database", damaged, starts=False),
    ]


async def locked(play: Play) -> None:
    """Another process holds the database for some seconds while people write: all of it comes in later."""
    database = play.world.folder / "data" / "harbour.db"
    await play.asks("Pim", "can i talk to a person please", to="both", expects=story.QUEUED)
    await play.claims("Ada", "Pim")
    holder = sqlite3.connect(database, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        said = [await play.writes("Pim", "are you there?", to="topic")]
        await play.replies("Ada", "Pim", "yes")
        await breath(LOCKED_SECONDS)
        said.append(await play.writes("Pim", "still there?", to="topic"))
    finally:
        holder.rollback()
        holder.close()
    for each in said:
        await play.in_topic(each)
    await story.both_ways(play, "Pim", "Ada")
    await play.hands_back("Ada", "Pim")


async def disk_full(play: Play) -> None:
    """The disk fills while people write; nothing is confirmed that was not stored, and it heals itself."""
    async with small_disk(play.world) as data:
        play.world.keep_alive()
        await play.world.ready()
        await play.asks("Pim", "can i talk to a person please", to="both", expects=story.QUEUED)
        await play.claims("Ada", "Pim")
        filler = data / "filler"
        _fill(filler)
        said = [await play.writes("Pim", f"word number {n}", to="topic") for n in range(12)]
        await _until_alarmed(play)
        filler.unlink()
        for each in said:
            await play.in_topic(each)
        await story.both_ways(play, "Pim", "Ada")
        await play.hands_back("Ada", "Pim")
        assert await play.world.quiet()
        assert await play.world.stop() == 0


@contextlib.asynccontextmanager
async def small_disk(world: World) -> AsyncIterator[Path]:
    """Put the world's database on a disk of its own with little room, and back afterwards."""
    data = world.folder / "data"
    kept = data.rename(world.folder / "kept")
    data.mkdir()
    _root("mount", "-t", "tmpfs", "-o", f"size={4 * ROOM}", "tmpfs", str(data))
    try:
        for path in kept.iterdir():
            if path.name != "models":
                shutil.copy(path, data / path.name)
        (data / "models").symlink_to(world.models.resolve())
        yield data
    finally:
        await world.stop()
        for path in data.iterdir():
            if path.name != "models":
                shutil.copy(path, kept / path.name)
        _root("umount", str(data))
        data.rmdir()
        kept.rename(data)


def can_mount() -> bool:
    """Whether this process may mount a small disk."""
    probe = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return probe.returncode == 0


def _root(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _fill(filler: Path) -> None:
    """Take all the room there is."""
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


async def _until_alarmed(play: Play) -> None:
    """Wait until the service's log says that storing fails: an operator sees it at once."""
    async with asyncio.timeout(60):
        while "not stored" not in (play.world.folder / "service.log").read_text():
            await breath(0.2)


async def damaged(play: Play) -> None:
    """A database whose pages were overwritten is refused with a remedy; the copy put back serves."""
    world = play.world
    database = world.folder / "data" / "harbour.db"
    kept = database.with_suffix(".kept")
    shutil.copy(database, kept)
    content = bytearray(database.read_bytes())
    content[4096:40_960] = bytes(len(content[4096:40_960]))
    database.write_bytes(content)
    await play.writes("Pim", "hello, how are you")
    status, said = await command(["run"], world.env)
    assert status == 1, f"it ended with {status}"
    assert "database" in said.lower(), said
    kept.rename(database)
    start = play.heard(await world.telegram.shown(), "Pim")
    world.keep_alive()
    await play.bot_says("Pim", [""], since=start)
    # The story says hello too: two answers alike are right, if each follows its own question.
    await world.quiet()
    await story.short(play)
