"""The same lines for both sides: sampled training examples, and held-out messages to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[1]

LANGUAGES = ("en", "vi", "ar")
"""Languages of the comparison: those that are answered. Stock would train for hours on all of them."""

MORE_THAN_AN_ANSWER = frozenset(
    {"immediate_danger", "talk_to_human", "cancel_handoff", "change_language", "affirm", "deny"}
)
"""Needs that call people, or hang on what was said before: stock Rasa has no like for what they set off."""


@dataclass(frozen=True)
class Examples:
    """The lines of one need in one language."""

    intent: str
    language: str
    lines: tuple[str, ...]


def training_examples(per_need: int) -> list[Examples]:
    """Return the project's examples, at most ``per_need`` lines of each need and language; 0: all.

    Lines are taken evenly over the whole list, so that every sub-meaning of a need keeps its share.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for block in _blocks(ROOT / "nlu" / "examples"):
        language = _language(block)
        found.setdefault((block["intent"], language), []).extend(lines_of(block["examples"]))
    return [
        Examples(intent, language, tuple(_evenly(lines, per_need)))
        for (intent, language), lines in sorted(found.items())
        if language in LANGUAGES
    ]


def messages(count: int) -> list[str]:
    """Return held-out messages of needs that one answer serves, languages and needs mixed evenly."""
    blocks = [
        block
        for block in _blocks(ROOT / "tests" / "understanding")
        if block["intent"] not in MORE_THAN_AN_ANSWER and _language(block) in LANGUAGES
    ]
    by_need = [lines_of(block["examples"]) for block in sorted(blocks, key=lambda block: block["intent"])]
    longest = max(len(lines) for lines in by_need)
    mixed = [lines[at] for at in range(longest) for lines in by_need if at < len(lines)]
    return [mixed[at % len(mixed)] for at in range(count)]


def lines_of(block: str) -> list[str]:
    """Return the lines of an ``examples: |`` block."""
    return [line.strip()[2:].strip() for line in block.splitlines() if line.strip().startswith("- ")]


def write_nlu(examples: Sequence[Examples], file: Path) -> None:
    """Write examples as one file that Rasa trains from."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as out:
        out.write('version: "3.1"\n\nnlu:\n')
        for some in examples:
            out.write(
                f"  - intent: {some.intent}\n    metadata: {{language: {some.language}}}\n    examples: |\n"
            )
            out.writelines(f"      - {line}\n" for line in some.lines)


def _language(block: Mapping[str, Any]) -> str:
    return str((block.get("metadata") or {}).get("language", "en"))


def _blocks(folder: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted(folder.rglob("*.yml")):
        yield from (block for block in read_yaml(file).get("nlu") or () if "intent" in block)


def _evenly(lines: Sequence[str], most: int) -> list[str]:
    if not most or len(lines) <= most:
        return list(lines)
    return [lines[at * len(lines) // most] for at in range(most)]
