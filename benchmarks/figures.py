"""Figures of one side, and what they come to beside each other."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Goal = Callable[[float], bool]


@dataclass(frozen=True)
class Side:
    """What was measured of one side. Times in seconds, memory in MiB."""

    training: float
    cold_start: float
    p50: float
    p95: float
    per_second: float
    p50_at_once: float
    p95_at_once: float
    cpu: float
    memory: float
    unanswered: int


@dataclass(frozen=True)
class Line:
    """One line of the result: a figure of both sides (``None``: only ours) and the goal it is held to."""

    what: str
    ours: float
    stock: float | None
    unit: str
    goal: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Return ours in units of stock's."""
        return self.ours / self.stock if self.stock else None


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def compare(ours: Side, stock: Side) -> list[Line]:
    """Return both sides line by line, held to the goals."""

    def line(what: str, name: str, unit: str, goal: str = "", good: Goal | None = None) -> Line:
        mine, theirs = float(getattr(ours, name)), float(getattr(stock, name))
        scaled = 1000 if unit == "ms" else 1
        return Line(what, mine * scaled, theirs * scaled, unit, goal, good(mine / theirs) if good else None)

    first = line("one message at a time, p95", "p95", "ms")
    return [
        line("one message at a time, p50", "p50", "ms"),
        Line(first.what, first.ours, first.stock, first.unit, "at most 60 ms", first.ours <= 60),
        line("50 conversations at once", "per_second", "messages/s", "at least 1.5x", lambda r: r >= 1.5),
        line("50 conversations at once, p50", "p50_at_once", "ms"),
        line("50 conversations at once, p95", "p95_at_once", "ms"),
        line("processor time a message, one at a time", "cpu", "ms"),
        line("memory of all processes", "memory", "MiB", "at most 0.5x", lambda r: r <= 0.5),
        line("cold start to first answer", "cold_start", "s", "at most 0.3x", lambda r: r <= 0.3),
        line("training", "training", "s", "at most 0.1x", lambda r: r <= 0.1),
        line("messages without an answer", "unanswered", ""),
    ]


def as_table(lines: Sequence[Line]) -> str:
    """Return the lines as a Markdown table."""
    rows = ["| | ours | stock | ratio | goal | |", "|---|---:|---:|---:|---|---|"]
    for line in lines:
        ratio = f"{line.ratio:.2f}x" if line.ratio is not None else ""
        stock = _told(line.stock, line.unit) if line.stock is not None else ""
        met = "" if line.met is None else "met" if line.met else "**missed**"
        rows.append(
            f"| {line.what} | {_told(line.ours, line.unit)} | {stock} | {ratio} | {line.goal} | {met} |"
        )
    return "\n".join(rows)


def _told(value: float, unit: str) -> str:
    digits = 0 if value >= 100 or not unit else 1
    return f"{value:,.{digits}f} {unit}".strip()
