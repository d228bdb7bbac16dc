"""`harbour evaluate`: a model's figures on the held-out lines, a report, and both kept with the release."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.commands.engine import engine_of
from bot.commands.progress import progress
from bot.engine import releases
from bot.engine.manifest import Release, read, write
from bot.errors import ModelUnfit
from bot.evaluation.asking import ask
from bot.evaluation.compare import compare
from bot.evaluation.figures import Asked, danger, figures
from bot.evaluation.report import Evaluated, as_markdown, write_report
from bot.evaluation.split import DANGER_FOLDER, Line, read_split
from bot.settings import Settings

KEPT = (
    "lines", "accuracy", "macro_accuracy", "twelve", "others", "top_three", "out_of_scope",
    "calibration_error", "latency_ms",
)  # fmt: skip
"""Figures that travel with a release, beside danger and language without their lists."""


def evaluate(settings: Settings, *, release: str, against: str, languages: Sequence[str], out: Path) -> None:
    """Measure one release, or two beside each other; print the report and say where it lies."""
    split = read_split(settings.root, languages)
    harm = read_split(settings.root, languages, DANGER_FOLDER)
    candidate = _release(settings, release)
    other = _release(settings, against) if against else None
    with progress("Asking") as tell:
        answers = asyncio.run(_ask(settings, candidate, [*split.lines, *harm.lines], tell))
        asked, asked_of_harm = answers[: len(split.lines)], answers[len(split.lines) :]
        other_asked = asyncio.run(_ask(settings, other, split.lines, tell)) if other else None
    measured = Evaluated(
        release=candidate.name,
        split=split.version,
        day=datetime.now(UTC).date().isoformat(),
        figures={**figures(asked), "danger_set": {"lines": len(harm.lines), **danger(asked_of_harm)}},
        asked=asked,
        against=other.name if other else "",
        comparison=compare(asked, other_asked) if other_asked else None,
    )
    if not languages:
        write(dataclasses.replace(candidate, figures=_kept(measured)))
    text, page = write_report(measured, out)
    sys.stdout.write(as_markdown(measured))
    sys.stderr.write(f"The report lies in {text} and {page}.\n")


def _release(settings: Settings, name: str) -> Release:
    release = read(settings.models_dir / f"{name}.json") if name else releases.current(settings.models_dir)
    if release is None:
        raise ModelUnfit("There is no release to measure.", remedy="Say `harbour train` first.")
    return release


async def _ask(
    settings: Settings, release: Release, lines: Sequence[Line], tell: Callable[[str], None]
) -> list[Asked]:
    engine = await engine_of(settings, release)
    try:
        return await ask(engine, lines, lambda step: tell(f"{release.name}: {step}"))
    finally:
        await engine.stop()


def _kept(measured: Evaluated) -> dict[str, Any]:
    told = measured.figures
    rates = ("recall", "false_alarms", "false_alarms_of_lookalikes")
    of_danger = {name: {rate: told[name][rate] for rate in rates} for name in ("danger", "danger_set")}
    language = {name: told["language"][name] for name in ("three_words_and_more", "romanised")}
    kept = {name: told[name] for name in KEPT}
    return {"split": measured.split, "day": measured.day, **kept, **of_danger, "language": language}
