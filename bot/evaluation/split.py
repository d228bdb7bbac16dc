"""The held-out lines: fixed, versioned, and never trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BadCatalogue
from bot.yaml_files import example_lines, read_yaml

FOLDER = Path("tests", "understanding")
DANGER_FOLDER = Path("tests", "danger")
"""Danger and what only sounds like it: the set that the flag is measured on."""

VERSION = "VERSION"


@dataclass(frozen=True)
class Line:
    """One held-out message: what it says, what it means, its language (BCP 47) and its tags."""

    text: str
    intent: str
    language: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Split:
    """All held-out lines, and which version of them this is."""

    version: str
    lines: Sequence[Line]

    def languages(self) -> list[str]:
        """Return the languages there are lines in."""
        return sorted({line.language for line in self.lines})


def read_split(root: Path, languages: Sequence[str] = (), where: Path = FOLDER) -> Split:
    """Return the split in the folder ``where`` below ``root``; with ``languages`` only theirs.

    Raises:
        BadCatalogue: If a file is malformed, or the lines are not those that the version names.
    """
    folder = root / where
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise BadCatalogue(f"{folder} holds no lines.", remedy="Restore it from the repository.")
    named, digest = _version(folder), digest_of(files)
    if named != f"{named.split()[0]} {digest}":
        raise BadCatalogue(
            f"{folder} is not the split that {VERSION} names.",
            remedy=f"If the lines were meant to change, write a new number and {digest} into {VERSION}.",
        )
    lines = [line for file in files for line in read_lines(file)]
    chosen = [line for line in lines if not languages or line.language in languages]
    return Split(named.split()[0], chosen)


def digest_of(files: Sequence[Path]) -> str:
    """Return a short hash over the files' names and contents."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def read_lines(file: Path) -> Iterator[Line]:
    """Yield the lines of one file.

    Raises:
        BadCatalogue: If it is no YAML of examples, or an entry does not say its language.
    """
    for entry in read_yaml(file).get("nlu") or ():
        metadata = entry.get("metadata") or {}
        if "language" not in metadata:
            raise BadCatalogue(
                f"{file}: an entry of {entry.get('intent')} names no language.",
                remedy="Add `metadata: {language: …}`.",
            )
        tags = frozenset(metadata.get("tags") or ())
        for text in example_lines(entry):
            yield Line(text, str(entry["intent"]), str(metadata["language"]), tags)


def _version(folder: Path) -> str:
    try:
        return (folder / VERSION).read_text(encoding="utf-8").strip() or "none"
    except FileNotFoundError:
        return "none"
