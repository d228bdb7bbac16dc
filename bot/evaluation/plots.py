"""Pictures of the figures, as SVG that stands inside the HTML report."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.evaluation.figures import Asked

DARK, BAR, LINE = "#22313f", "#2a7f9e", "#c0392b"
LEAST = {"twelve": 0.86, "ten": 0.85}


def all_plots(asked: Sequence[Asked], told: Mapping[str, Any]) -> dict[str, str]:
    """Return every picture by its name, as an SVG element."""
    return {
        "Accuracy by language": _svg(lambda axes: _by_language(axes, told["accuracy"])),
        "Danger: recall and false alarms by threshold": _svg(lambda axes: _curve(axes, told["danger"])),
        "Confidence against truth": _svg(lambda axes: _calibration(axes, asked)),
    }


def _svg(draw: Callable[[Any], None]) -> str:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.5, 3.6), layout="constrained")
    draw(axes)
    axes.spines[["top", "right"]].set_visible(False)
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    pyplot.close(figure)
    return drawn.getvalue()[drawn.getvalue().index("<svg") :]


def _by_language(axes: Any, accuracy: Mapping[str, float]) -> None:
    tags = sorted(accuracy, key=lambda tag: -accuracy[tag])
    axes.bar(tags, [accuracy[tag] for tag in tags], color=BAR)
    axes.axhline(LEAST["ten"], color=LINE, linewidth=1, linestyle="--")
    axes.set_ylim(0, 1)
    axes.set_ylabel("right")


def _curve(axes: Any, danger: Mapping[str, Any]) -> None:
    curve = danger["curve"]
    thresholds = [point["threshold"] for point in curve]
    axes.plot(thresholds, [point["recall"] for point in curve], color=BAR, label="recall")
    axes.plot(thresholds, [point["false_alarms"] for point in curve], color=LINE, label="false alarms")
    axes.set_xlabel("threshold of the score")
    axes.set_ylim(0, 1)
    axes.legend(frameon=False)


def _calibration(axes: Any, asked: Sequence[Asked]) -> None:
    edges = [step / 10 for step in range(10)]
    points = []
    for edge in edges:
        some = [one for one in asked if edge <= one.heard.confidence < edge + 0.1 + (edge == 0.9)]
        if some:
            sure = sum(one.heard.confidence for one in some) / len(some)
            points.append((sure, sum(one.right for one in some) / len(some)))
    axes.plot([0, 1], [0, 1], color=DARK, linewidth=0.8, linestyle=":")
    axes.plot([x for x, _ in points], [y for _, y in points], color=BAR, marker="o")
    axes.set_xlabel("confidence")
    axes.set_ylabel("right")
