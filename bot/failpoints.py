"""Numbered places where a test may pull the plug; nothing happens unless the environment asks for it.

``HARBOUR_FAILPOINT=count:FILE`` appends each hit's name to FILE; ``HARBOUR_FAILPOINT=kill:N`` ends the
process with SIGKILL at hit number N (from 1), as a power cut would; ``kill:NAME:N`` counts the hits of one
place only, which stays the same step whatever runs beside it.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from pathlib import Path


def _nothing(name: str) -> None:
    """Do nothing: the ordinary case."""


def _counter(file: Path) -> Callable[[str], None]:
    def count(name: str) -> None:
        with file.open("a") as lines:
            lines.write(name + "\n")

    return count


def _killer(at: int, place: str = "") -> Callable[[str], None]:
    hits = itertools.count(1)

    def kill(name: str) -> None:
        if place in ("", name) and next(hits) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def _from_environment(plan: str) -> Callable[[str], None]:
    what, _, value = plan.partition(":")
    if what == "count" and value:
        return _counter(Path(value))
    place, _, number = value.rpartition(":")
    if what == "kill" and number.isdigit():
        return _killer(int(number), place)
    return _nothing


failpoint: Callable[[str], None] = _from_environment(os.environ.get("HARBOUR_FAILPOINT", ""))
