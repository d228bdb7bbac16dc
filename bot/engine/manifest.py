"""What a release is: an archive and, beside it, a manifest with the hash of the whole and of every part."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.engine.sources import sha256
from bot.errors import ModelUnfit

_RETRAIN = "Run `harbour train`, or `harbour rollback` to go back to an earlier release."


@dataclass(frozen=True)
class Release:
    """A trained model. ``created`` is ISO 8601 in UTC; ``sources`` are hashes of the files it came from."""

    name: str
    archive: Path
    fingerprint: str
    created: str
    seconds: float
    sha256: str
    members: Mapping[str, str] = field(repr=False)
    sources: Mapping[str, str] = field(repr=False)
    who: str = ""
    why: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What `harbour evaluate` measured of it, and on which version of the held-out lines; empty before."""


def manifest_of(archive: Path) -> Path:
    """Return where an archive's manifest stands."""
    return archive.with_name(archive.name.removesuffix(".tar.gz") + ".json")


def read(manifest: Path) -> Release:
    """Return the release a manifest describes.

    Raises:
        ModelUnfit: If it is missing or malformed.
    """
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
        return Release(archive=manifest.with_name(manifest.stem + ".tar.gz"), **content)
    except (OSError, ValueError, TypeError) as problem:
        raise ModelUnfit(f"The manifest {manifest.name} cannot be read.", remedy=_RETRAIN) from problem


def write(release: Release) -> None:
    """Write a release's manifest beside its archive."""
    content: dict[str, Any] = asdict(release)
    del content["archive"]
    replace_file(manifest_of(release.archive), json.dumps(content, indent=1, sort_keys=True).encode())


def hash_members(archive: bytes) -> dict[str, str]:
    """Return the SHA-256 of every file in a tar.gz.

    Raises:
        ModelUnfit: If it is no archive, or holds anything but plain files and folders.
    """
    found: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            for member in tar:
                if member.isdir():
                    continue
                content = tar.extractfile(member) if member.isfile() else None
                if content is None or member.name in found:
                    raise ModelUnfit("The model's archive holds a link or a name twice.", remedy=_RETRAIN)
                found[member.name] = sha256(content.read())
    except (tarfile.TarError, EOFError, OSError, gzip.BadGzipFile) as problem:
        raise ModelUnfit("The model's archive cannot be unpacked.", remedy=_RETRAIN) from problem
    return found


def verify(archive: Path) -> bytes:
    """Return the archive's bytes if they are what the manifest says, every part of them.

    Raises:
        ModelUnfit: If anything is missing or altered.
    """
    release = read(manifest_of(archive))
    try:
        content = archive.read_bytes()
    except OSError as problem:
        raise ModelUnfit(f"The model {archive.name} is missing.", remedy=_RETRAIN) from problem
    if sha256(content) != release.sha256 or hash_members(content) != dict(release.members):
        raise ModelUnfit(f"The model {archive.name} was altered.", remedy=_RETRAIN)
    return content


@contextmanager
def verified_copy(archive: Path) -> Iterator[Path]:
    """Give a private copy of the archive, whose bytes are the ones that were verified.

    Raises:
        ModelUnfit: If anything is missing or altered.
    """
    content = verify(archive)
    with tempfile.TemporaryDirectory(prefix="harbour-") as folder:
        copy = Path(folder, archive.name)
        copy.write_bytes(content)
        yield copy


def replace_file(file: Path, content: bytes) -> None:
    """Write a file so that a power cut leaves the old or the new one, never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    with unfinished.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)
