"""Releases: train one, choose which is live, go back, and never load one that was altered."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.engine import sources
from bot.engine.environment import clean_environment
from bot.engine.manifest import Release, hash_members, manifest_of, read, replace_file, verify, write
from bot.errors import ModelUnfit

__all__ = ["Release", "current", "ensure", "last_good", "list_releases", "promote", "rollback", "train"]

Progress = Callable[[str], None]

KEPT = 10
"""Newest releases kept on disk, beside the live one and those it can go back to."""


def train(
    root: Path, models_dir: Path, progress: Progress | None = None, *, who: str = "", why: str = ""
) -> Release:
    """Train a model from the files below ``root`` and return it as a release, not yet live.

    Takes seconds to two minutes; call it in a thread from asynchronous code.

    Args:
        root: The project: `config.yml`, `nlu/`, `stories/`.
        models_dir: Where releases rest.
        progress: Told each step in a few words.
        who: Who trains, for the manifest.
        why: Why, for the manifest.

    Raises:
        ModelUnfit: If training fails; it says what in the files is wrong.
    """
    tell = progress or (lambda step: None)
    started = time.monotonic()
    shape, record = sources.fingerprint(root), sources.recorded(root)
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{shape[:8]}"
    archive = _free_name(models_dir, name)
    models_dir.mkdir(parents=True, exist_ok=True)
    _run_training(root, archive, tell)
    content = archive.read_bytes()
    release = Release(
        name=archive.name.removesuffix(".tar.gz"),
        archive=archive,
        fingerprint=shape,
        created=now.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - started, 1),
        sha256=sources.sha256(content),
        members=hash_members(content),
        sources=record,
        who=who,
        why=why,
    )
    write(release)
    tell(f"trained {release.name} in {release.seconds:.0f} s")
    return release


def ensure(root: Path, models_dir: Path, progress: Progress | None = None) -> Release:
    """Return the live release if it stands for the files as they are; otherwise train and promote one.

    Raises:
        ModelUnfit: If training fails.
    """
    wanted = sources.fingerprint(root)
    live = current(models_dir)
    candidates = ([live] if live else []) + list_releases(models_dir)
    for release in candidates:
        if release.fingerprint == wanted and _is_whole(release):
            return release if release == live else promote(models_dir, release.name)
    made = train(root, models_dir, progress)
    return promote(models_dir, made.name)


def current(models_dir: Path) -> Release | None:
    """Return the live release; ``None`` if none was promoted or its manifest is gone."""
    name = _pointer(models_dir)["current"]
    try:
        return read(models_dir / f"{name}.json") if name else None
    except ModelUnfit:
        return None


def promote(models_dir: Path, name: str) -> Release:
    """Make a release the live one, remembering the one before.

    Raises:
        ModelUnfit: If it does not exist or was altered.
    """
    release = read(models_dir / f"{name}.json")
    verify(release.archive)
    pointer = _pointer(models_dir)
    if pointer["current"] != name:
        before = [n for n in (pointer["current"], *pointer["before"]) if n and n != name]
        _point(models_dir, name, before[:KEPT])
    _prune(models_dir)
    return release


def rollback(models_dir: Path) -> Release:
    """Make the release before the live one live again.

    Raises:
        ModelUnfit: If there is none before, or it was altered.
    """
    pointer = _pointer(models_dir)
    if not pointer["before"]:
        raise ModelUnfit("There is no earlier release to go back to.", remedy="Run `harbour releases`.")
    release = read(models_dir / f"{pointer['before'][0]}.json")
    verify(release.archive)
    _point(models_dir, release.name, pointer["before"][1:])
    return release


def list_releases(models_dir: Path) -> list[Release]:
    """Return every release whose manifest can be read, newest first."""
    found = []
    for manifest in sorted(models_dir.glob("*.json"), reverse=True):
        try:
            found.append(read(manifest))
        except ModelUnfit:
            continue  # It cannot be loaded either; `harbour doctor` names it.
    return found


def note_good(archive: Path) -> None:
    """Remember that this model loaded and understood a probe, for when a later one does not."""
    replace_file(archive.parent / "last-good", archive.name.encode())


def last_good(models_dir: Path) -> Path | None:
    """Return the archive that loaded last, if it still stands."""
    try:
        archive = models_dir / (models_dir / "last-good").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return archive if archive.parent == models_dir and archive.is_file() else None


def _run_training(root: Path, archive: Path, tell: Progress) -> None:
    command = [sys.executable, "-m", "bot.engine.train_child", str(root), str(archive)]
    environment = clean_environment()
    failure = "The training process ended without a word."
    with subprocess.Popen(  # noqa: S603
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            failure = said.get("failed", failure)
            if "step" in said:
                tell(said["step"])
    if process.returncode != 0 or not archive.is_file():
        raise ModelUnfit(f"Training failed: {failure}", remedy="Mend that and run `harbour train` again.")


def _free_name(models_dir: Path, name: str) -> Path:
    archive, number = models_dir / f"{name}.tar.gz", 1
    while archive.exists() or manifest_of(archive).exists():
        number += 1
        archive = models_dir / f"{name}-{number}.tar.gz"
    return archive


def _is_whole(release: Release) -> bool:
    try:
        verify(release.archive)
    except ModelUnfit:
        return False
    return True


def _pointer(models_dir: Path) -> dict[str, Any]:
    try:
        found = json.loads((models_dir / "current").read_text(encoding="utf-8"))
        return {"current": str(found["current"]), "before": [str(name) for name in found["before"]]}
    except (OSError, ValueError, KeyError, TypeError):
        return {"current": "", "before": []}


def _point(models_dir: Path, name: str, before: list[str]) -> None:
    replace_file(models_dir / "current", json.dumps({"current": name, "before": before}).encode())


def _prune(models_dir: Path) -> None:
    pointer, good = _pointer(models_dir), last_good(models_dir)
    kept = {pointer["current"], *pointer["before"], *([good.name.removesuffix(".tar.gz")] if good else [])}
    for release in list_releases(models_dir)[KEPT:]:
        if release.name not in kept:
            release.archive.unlink(missing_ok=True)
            manifest_of(release.archive).unlink(missing_ok=True)
