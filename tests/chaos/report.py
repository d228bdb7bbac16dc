"""What came of it all: one line a fault, a table, and JSON for whoever compares runs."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """One run under one fault; it held if nothing is ``wrong``."""

    fault: str
    wrong: tuple[str, ...] = ()
    reached: int = 1
    """How often the fault struck."""
    ambiguous: int = 0
    surfaced: int = 0
    back_seconds: tuple[float, ...] = ()
    note: str = ""

    def with_wrong(self, more: Sequence[str]) -> Outcome:
        """Return the outcome with more that did not hold."""
        return replace(self, wrong=(*self.wrong, *more))

    @property
    def held(self) -> bool:
        """Return whether the fault struck and everything held."""
        return not self.wrong and self.reached > 0


@dataclass
class Part:
    """All runs of one kind of fault."""

    name: str
    outcomes: list[Outcome] = field(default_factory=list)

    def line(self) -> list[str]:
        """Return the part's line of the table."""
        back = [seconds for outcome in self.outcomes for seconds in outcome.back_seconds]
        held = sum(outcome.held for outcome in self.outcomes)
        ambiguous = sum(outcome.ambiguous for outcome in self.outcomes)
        surfaced = sum(outcome.surfaced for outcome in self.outcomes)
        return [
            self.name,
            str(len(self.outcomes)),
            str(held),
            f"{ambiguous} / {surfaced}",
            f"{statistics.median(back):.1f}" if back else "-",
            f"{max(back):.1f}" if back else "-",
        ]


HEAD = ("fault", "runs", "held", "uncertain / shown", "back: median s", "max s")


def table(parts: Sequence[Part]) -> str:
    """Return the parts as a Markdown table."""
    rows = [list(HEAD), *(part.line() for part in parts)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def what_broke(parts: Sequence[Part]) -> list[str]:
    """Return one line for each run that did not hold."""
    lines = []
    for part in parts:
        for outcome in part.outcomes:
            if not outcome.held:
                why = "; ".join(outcome.wrong[:6]) or "the fault was never reached"
                lines.append(f"{part.name}: {outcome.fault}: {why}")
    return lines


def write(parts: Sequence[Part], file: Path) -> None:
    """Write everything as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "parts": [{"name": part.name, "outcomes": [asdict(one) for one in part.outcomes]} for part in parts],
    }
    file.write_text(json.dumps(told, indent=1, ensure_ascii=False))


class Progress:
    """Says how far a long part is, on one line of standard error."""

    def __init__(self, name: str, total: int) -> None:
        self._name, self._total = name, total
        self._done = self._held = 0

    def __call__(self, outcome: Outcome) -> None:
        """Count one run; a broken one gets a line of its own at once."""
        self._done += 1
        self._held += outcome.held
        end = "\r" if outcome.held else "\n"
        why = "" if outcome.held else f"  {outcome.fault}: {'; '.join(outcome.wrong[:3]) or 'not reached'}"
        sys.stderr.write(f"{self._name}: {self._done}/{self._total}, held {self._held}{why}{end}")
        sys.stderr.flush()
