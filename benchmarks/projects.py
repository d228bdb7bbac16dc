"""Two projects in a temporary folder, from the same files: Harbour's, and one with `rasa init`'s defaults."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.examples import ROOT, Examples, write_nlu
from benchmarks.processes import BenchmarkFailed

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
SHARED = ("stories", "guidance", "actions")
"""What both sides have alike: domain, rules, words, services, custom actions."""

WORDS = (Path("nlu", "lexicon"), Path("nlu", "places"))
"""What only our side reads: words for ages, days and places."""


def make_ours(folder: Path, examples: Sequence[Examples]) -> Path:
    """Make Harbour's side; returns its folder."""
    _copy_shared(folder, examples)
    shutil.copy(ROOT / "config.yml", folder)
    for name in WORDS:
        shutil.copytree(ROOT / name, folder / name)
    return folder


def make_stock(folder: Path, examples: Sequence[Examples], *, actions_port: int) -> Path:
    """Make the stock side: the untouched default configuration, REST channel, SQL tracker store."""
    _copy_shared(folder, examples)
    shutil.copy(stock_config(), folder / "config.yml")
    for file in (folder / "stories" / "domain").glob("*.yml"):
        # Stock Rasa has nothing that fills these in, and would log an error for each.
        file.write_text(PLACEHOLDER.sub("(0)", file.read_text("utf-8")), "utf-8")
    (folder / "credentials.yml").write_text("rest:\n", "utf-8")
    (folder / "endpoints.yml").write_text(
        f'action_endpoint:\n  url: "http://127.0.0.1:{actions_port}/webhook"\n'
        f"tracker_store:\n  type: SQL\n  url: sqlite:///{folder / 'tracker.db'}\n",
        "utf-8",
    )
    return folder


def stock_config() -> Path:
    """Return the configuration that `rasa init` lays down: empty keys, so that Rasa takes its defaults."""
    found = importlib.util.find_spec("rasa")
    if found is None or not found.submodule_search_locations:
        raise BenchmarkFailed("Rasa is not installed: say `make bench`, which installs it.")
    return Path(found.submodule_search_locations[0]) / "cli" / "initial_project" / "config.yml"


def _copy_shared(folder: Path, examples: Sequence[Examples]) -> None:
    for name in SHARED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    write_nlu(examples, folder / "nlu" / "examples.yml")
