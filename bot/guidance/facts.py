"""The values behind placeholders: `{childline_phone}` is the `phone` of the service `childline`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.errors import BadCatalogue
from bot.yaml_files import read_yaml

SHOWN_FIELDS = ("name", "phone", "text", "how")
"""Fields of a service that may stand in a sentence."""


def load_facts(folder: Path) -> dict[str, str]:
    """Return every placeholder value of `services.yml` and `facts.yml` in this folder.

    A service becomes ``<id>_<field>`` for each shown field, unless it is hidden; a fact is its own id.

    Raises:
        BadCatalogue: If a file is missing, two rows claim one name, or a row has no source.
    """
    values: dict[str, str] = {}
    for name, value in [*_services(folder / "services.yml"), *_facts(folder / "facts.yml")]:
        if name in values:
            raise BadCatalogue(f"guidance: two rows give {name}.", remedy="Rename one of them.")
        values[name] = value
    return values


def _services(file: Path) -> Iterator[tuple[str, str]]:
    for row in _rows(file, "services"):
        if row.get("hidden"):
            continue
        for field in SHOWN_FIELDS:
            if row.get(field):
                yield f"{row['id']}_{field}", str(row[field])


def _facts(file: Path) -> Iterator[tuple[str, str]]:
    for row in _rows(file, "facts"):
        yield str(row["id"]), str(row["value"])


def _rows(file: Path, key: str) -> list[Mapping[str, Any]]:
    content = read_yaml(file)
    rows = content.get(key)
    if not isinstance(rows, list):
        raise BadCatalogue(f"{file.name} has no list `{key}`.", remedy="See docs/architecture.md, guidance.")
    for row in rows:
        if not row.get("id") or not row.get("source"):
            raise BadCatalogue(
                f"{file.name}: a row lacks its id or source ({row.get('id', '?')}).",
                remedy="Give every row an id and the source it was taken from.",
            )
    return rows
