"""Reading the trainers' YAML: plain values only, with the file and line in every complaint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.errors import BadCatalogue


def read_yaml(file: Path) -> dict[str, Any]:
    """Return the mapping a YAML file holds.

    Raises:
        BadCatalogue: If it is missing, not UTF-8, not YAML, or not a mapping; names file and line.
    """
    try:
        content = YAML(typ="safe", pure=False).load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCatalogue(f"{file} is missing.", remedy="Restore it from the repository.") from None
    except UnicodeDecodeError:
        raise BadCatalogue(f"{file} is not UTF-8.", remedy="Save it as UTF-8.") from None
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 0
        raise BadCatalogue(f"{file}, line {line}: {problem.problem}.", remedy="Mend that line.") from None
    except YAMLError:
        raise BadCatalogue(f"{file} is not YAML.", remedy="Mend it.") from None
    if not isinstance(content, dict):
        raise BadCatalogue(f"{file} holds no mapping.", remedy="It must begin with `key:` lines.")
    return content


def example_lines(entry: Mapping[str, Any]) -> list[str]:
    """Return the lines under ``examples`` of one entry, as trainers write them: each behind a dash."""
    lines = (line.strip() for line in str(entry.get("examples") or "").splitlines())
    return [line[2:].strip() for line in lines if line.startswith("- ")]
