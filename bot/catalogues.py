"""Keeping the gettext catalogues in step with the English responses.

`python -m bot.catalogues update` writes every English text into each language's `harbour.po`: new
ones empty, changed ones fuzzy beside their old translation. Nothing a translator wrote is thrown away.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from bot.words import PLACEHOLDER, Variation, read_responses

UNREVIEWED = "unreviewed"
"""Flag of an entry drafted by a machine that no speaker has read yet."""


@dataclass(frozen=True)
class Count:
    """How a language's catalogue stands."""

    language: str
    entries: int
    missing: int
    fuzzy: int
    unreviewed: int
    wrong_placeholders: tuple[str, ...]


def template(root: Path) -> Catalog:
    """Return a catalogue of every English text of `stories/domain/`, named by its responses."""
    catalogue = Catalog(domain="harbour", project="Harbour", charset="utf-8", fuzzy=False)
    for name, text in _texts(read_responses(root / "stories" / "domain")):
        catalogue.add(text, locations=[(name, 0)])
    return catalogue


def _texts(responses: dict[str, list[Variation]]) -> Iterator[tuple[str, str]]:
    for name, variations in responses.items():
        for variation in variations:
            yield name, variation.text
            for title, _ in variation.buttons:
                yield f"{name}/button", title


def files(root: Path) -> list[Path]:
    """Return the catalogue of every language folder, whether it is written yet or not."""
    locale = root / "stories" / "locale"
    return [folder / "LC_MESSAGES" / "harbour.po" for folder in sorted(locale.iterdir()) if folder.is_dir()]


def update(root: Path) -> None:
    """Bring every catalogue in step with the English."""
    for file in files(root):
        renewed = renew(template(root), _read(file))
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            write_po(out, renewed, width=110, include_previous=True)


def renew(english: Catalog, old: Catalog) -> Catalog:
    """Return the template with the old translations in place.

    An English text that changed keeps its old translation, marked fuzzy, if the same response held the
    old text; a look-alike of another response is never taken.
    """
    kept = {message.id for message in old if message.id} & {message.id for message in english}
    for message in english:
        found = old.get(message.id) if message.id in kept else _predecessor(message, old, kept)
        if not message.id or found is None or not found.string:
            continue
        message.string = found.string
        message.flags |= found.flags
        message.user_comments = list(found.user_comments)
        if found.id != message.id:
            message.flags.add("fuzzy")
            message.previous_id = [str(found.id)]
    return english


def _predecessor(message: Message, old: Catalog, kept: set[object]) -> Message | None:
    names = {name for name, _ in message.locations}
    gone = [m for m in old if m.id and m.id not in kept and names & {name for name, _ in m.locations}]
    close = difflib.get_close_matches(str(message.id), [str(m.id) for m in gone], n=1, cutoff=0.5)
    return old.get(close[0]) if close else None


def count(root: Path) -> list[Count]:
    """Return missing, fuzzy and unreviewed entries of every language."""
    english = template(root)
    return [_count(file.parent.parent.name, _read(file), english) for file in files(root)]


def _count(language: str, catalogue: Catalog, english: Catalog) -> Count:
    missing = fuzzy = unreviewed = 0
    wrong = []
    for wanted in english:
        if not wanted.id:
            continue
        found = catalogue.get(wanted.id)
        if found is None or not found.string:
            missing += 1
            continue
        fuzzy += found.fuzzy
        unreviewed += UNREVIEWED in found.flags
        if set(PLACEHOLDER.findall(str(found.string))) != set(PLACEHOLDER.findall(str(wanted.id))):
            wrong.append(wanted.locations[0][0])
    entries = sum(1 for message in english if message.id)
    return Count(language, entries, missing, fuzzy, unreviewed, tuple(wrong))


def _read(file: Path) -> Catalog:
    if not file.is_file():
        return Catalog(domain="harbour", project="Harbour", charset="utf-8", fuzzy=False)
    with file.open("rb") as lines:
        return read_po(lines)


def main(arguments: list[str]) -> int:
    """Run `update` or `count` in the working directory."""
    root = Path.cwd()
    if arguments == ["update"]:
        update(root)
    elif arguments != ["count"]:
        sys.stderr.write("Say `update` or `count`.\n")
        return 2
    for row in count(root):
        sys.stdout.write(
            f"{row.language}: {row.entries} texts, {row.missing} missing, {row.fuzzy} stale, "
            f"{row.unreviewed} unreviewed, placeholders wrong in {len(row.wrong_placeholders)}\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
