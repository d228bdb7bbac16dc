"""Which files a release is made of, and the fingerprint that says whether it must be trained again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

CODE = Path(__file__).resolve().parents[2]
"""Where our own code stands; the components in `nlu/` shape a model wherever its examples are."""

_SHAPING = ("config.yml", "nlu/**/*.yml", "stories/domain/**/*.yml", "stories/topics/**/*.yml")
_SHAPING_CODE = ("nlu/*.py", "requirements.lock")
_RECORDED = ("stories/**/*.yml", "stories/locale/**/*.po", "guidance/**/*.yml", "actions/**/*.py")


def shaping(root: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that changes what a trained model is, by its name."""
    named = dict(_named(CODE, _SHAPING_CODE))
    named.update(_named(root, _SHAPING))
    return _hashes(named)


def recorded(root: Path) -> dict[str, str]:
    """Return the SHA-256 of every source of a release, those included that are read as they run."""
    return shaping(root) | _hashes(dict(_named(root, _RECORDED)))


def fingerprint(root: Path) -> str:
    """Return one hash over everything that changes what a trained model is."""
    lines = (f"{name}\0{digest}\n" for name, digest in sorted(shaping(root).items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sha256(content: bytes) -> str:
    """Return a SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _named(root: Path, patterns: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    for pattern in patterns:
        for file in root.glob(pattern):
            if file.is_file():
                yield file.relative_to(root).as_posix(), file


def _hashes(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: sha256(file.read_bytes()) for name, file in sorted(files.items())}
