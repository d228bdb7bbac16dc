"""The report: Markdown for reading in the terminal and in reviews, HTML with pictures for a browser."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from bot.evaluation.figures import Asked
from bot.evaluation.plots import all_plots


@dataclass(frozen=True)
class Evaluated:
    """One model, measured: its release's name, the split's version, the day (ISO), figures and answers."""

    release: str
    split: str
    day: str
    figures: Mapping[str, Any]
    asked: Sequence[Asked]
    against: str = ""
    comparison: Mapping[str, Any] | None = None


def write_report(measured: Evaluated, folder: Path) -> tuple[Path, Path]:
    """Write ``report.md``, ``report.html`` and ``figures.json`` into ``folder``; return the first two."""
    folder.mkdir(parents=True, exist_ok=True)
    page, text = folder / "report.html", folder / "report.md"
    plots = all_plots(measured.asked, measured.figures)
    page.write_text(_template("report.html").render(told=measured, f=measured.figures, plots=plots))
    text.write_text(as_markdown(measured))
    (folder / "figures.json").write_text(json.dumps(measured.figures, indent=1))
    return text, page


def as_markdown(measured: Evaluated) -> str:
    """Return the report as Markdown."""
    return str(_template("report.md").render(told=measured, f=measured.figures))


def percent(value: float) -> str:
    """Return a rate as people read it, 93.4 % on one line; a dash where there was nothing to count."""
    return "–" if value is None or math.isnan(value) else f"{100 * value:.1f}\u00a0%"


def _template(name: str) -> Any:
    environment = Environment(
        loader=PackageLoader("bot.evaluation", "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment.get_template(name)
