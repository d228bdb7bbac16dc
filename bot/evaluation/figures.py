"""Figures from what was asked and answered: plain functions, no model, no clock.

Rates are from 0 to 1, latencies in milliseconds. A language's accuracy counts a line right when the best need
is the one it was written for; "macro" is the plain mean over languages, so that each counts the same.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.danger import SAFETY_NEEDS
from bot.evaluation.split import Line
from bot.messages import Understanding

OUT_OF_SCOPE = "out_of_scope"
FRIEND = "worried_about_friend"
"""Somebody else may be in danger: the flag is neither wanted nor wrong there."""

WHOLE_SETS = frozenset({"en", "vi", "sq", "ar", "ti", "am", "so", "fa", "ps", "ckb", "ro", "zh"})
"""The twelve languages with whole sets of examples; the others have smaller ones."""

BINS = 10
"""Bins of the calibration error."""

WORDS_TO_TELL = 3
"""A language can be told from so many words; from fewer it is measured apart."""


@dataclass(frozen=True)
class Asked:
    """One held-out line and what the model made of it; ``ms`` is how long that took."""

    line: Line
    heard: Understanding
    ms: float

    @property
    def right(self) -> bool:
        """Whether the need was found."""
        return self.heard.intent == self.line.intent


def figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return every figure as plain values, ready for JSON."""
    by_language = _group(asked, lambda one: one.line.language)
    return {
        "lines": len(asked),
        "accuracy": {tag: _accuracy(some) for tag, some in by_language.items()},
        "macro_accuracy": statistics.fmean(_accuracy(some) for some in by_language.values()),
        "twelve": _mean_of(by_language, lambda tag: tag in WHOLE_SETS),
        "others": _mean_of(by_language, lambda tag: tag not in WHOLE_SETS),
        "macro_f1": {tag: macro_f1(some) for tag, some in by_language.items()},
        "top_three": _share(asked, lambda one: one.line.intent in [n for n, _ in one.heard.ranking[:3]]),
        "by_tag": {tag: _accuracy(some) for tag, some in _by_tag(asked).items()},
        "by_need": {need: _accuracy(some) for need, some in _group(asked, _need).items()},
        "confusions": confusions(asked),
        "danger": danger(asked),
        "language": language(asked),
        "out_of_scope": out_of_scope(asked),
        "calibration_error": calibration_error(asked),
        "latency_ms": latency([one.ms for one in asked]),
    }


def macro_f1(asked: Sequence[Asked]) -> float:
    """Return the mean F1 over the needs that stand in the lines."""
    needs = {one.line.intent for one in asked}
    right = Counter(one.line.intent for one in asked if one.right)
    wanted = Counter(one.line.intent for one in asked)
    found = Counter(one.heard.intent for one in asked)
    return statistics.fmean(2 * right[need] / (wanted[need] + found[need]) for need in needs)


def confusions(asked: Sequence[Asked], most: int = 40) -> list[dict[str, Any]]:
    """Return the pairs of needs taken for each other most often."""
    pairs = Counter((one.line.intent, one.heard.intent) for one in asked if not one.right)
    return [{"meant": meant, "heard": heard, "times": n} for (meant, heard), n in pairs.most_common(most)]


def danger(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return recall and false alarms of the flag, by language, of look-alikes, and over thresholds."""
    wanted = [one for one in asked if one.line.intent in SAFETY_NEEDS]
    calm = [one for one in asked if one.line.intent not in {*SAFETY_NEEDS, FRIEND}]
    alike = [one for one in calm if "lookalike" in one.line.tags]
    by_language = _group(asked, lambda one: one.line.language)
    return {
        "recall": _share(wanted, _flagged),
        "false_alarms": _share(calm, _flagged),
        "false_alarms_of_lookalikes": _share(alike, _flagged),
        "recall_by_need": {need: _share(some, _flagged) for need, some in _group(wanted, _need).items()},
        "by_language": {
            tag: {
                "recall": _share([o for o in some if o.line.intent in SAFETY_NEEDS], _flagged),
                "false_alarms": _share(
                    [o for o in some if o.line.intent not in {*SAFETY_NEEDS, FRIEND}], _flagged
                ),
            }
            for tag, some in by_language.items()
        },
        "curve": curve(wanted, calm),
    }


def curve(wanted: Sequence[Asked], calm: Sequence[Asked]) -> list[dict[str, float]]:
    """Return recall and false alarms for thresholds of the danger score from 0.02 to 0.98."""
    found = [one.heard.danger_score for one in wanted]
    feared = [one.heard.danger_score for one in calm]
    return [
        {"threshold": step / 50, "recall": _from(step / 50, found), "false_alarms": _from(step / 50, feared)}
        for step in range(1, 50)
    ]


def language(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return how often the language was told, of messages of three words and more, fewer, and romanised."""
    longer = [one for one in asked if _tellable(one)]
    romanised = [one for one in asked if "romanised" in one.line.tags]
    return {
        "three_words_and_more": _share(longer, _tongue_right),
        "fewer_words": _share([one for one in asked if not _tellable(one)], _tongue_right),
        "romanised": _share(romanised, _tongue_right),
        "romanised_three_words_and_more": _share(
            [one for one in romanised if len(one.line.text.split()) >= WORDS_TO_TELL], _tongue_right
        ),
        "by_language": {
            tag: _share(some, _tongue_right)
            for tag, some in _group(longer, lambda one: one.line.language).items()
        },
        "confusions": [
            {"written": written, "told": told, "times": times}
            for (written, told), times in Counter(
                (one.line.language, str(one.heard.language)) for one in longer if not _tongue_right(one)
            ).most_common(20)
        ],
    }


def out_of_scope(asked: Sequence[Asked]) -> dict[str, float]:
    """Return AUROC of the best in-scope need's confidence, and recall and precision of the decision."""
    inside = [_best_in_scope(one) for one in asked if one.line.intent != OUT_OF_SCOPE]
    outside = [_best_in_scope(one) for one in asked if one.line.intent == OUT_OF_SCOPE]
    said = [one for one in asked if one.heard.intent == OUT_OF_SCOPE]
    return {
        "auroc": auroc(inside, outside),
        "recall": _share([o for o in asked if o.line.intent == OUT_OF_SCOPE], lambda one: one.right),
        "precision": _share(said, lambda one: one.right),
    }


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Return how often one of ``higher`` lies above one of ``lower``; ties count half.

    Source:
        Mann-Whitney U by ranks.
    """
    if not higher or not lower:
        return math.nan
    marked = sorted([(value, 1) for value in higher] + [(value, 0) for value in lower])
    ranks, at = 0.0, 0
    while at < len(marked):
        end = at
        while end < len(marked) and marked[end][0] == marked[at][0]:
            end += 1
        ranks += (at + end + 1) / 2 * sum(mark for _, mark in marked[at:end])
        at = end
    return (ranks - len(higher) * (len(higher) + 1) / 2) / (len(higher) * len(lower))


def calibration_error(asked: Sequence[Asked]) -> float:
    """Return the expected calibration error over ten equal bins of the best need's confidence.

    Source:
        Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning (2015).
    """
    bins: dict[int, list[Asked]] = defaultdict(list)
    for one in asked:
        bins[min(int(one.heard.confidence * BINS), BINS - 1)].append(one)
    misses = (
        len(some) * abs(statistics.fmean(o.heard.confidence for o in some) - _accuracy(some))
        for some in bins.values()
    )
    return sum(misses) / len(asked) if asked else math.nan


def latency(ms: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    if len(ms) < 2:
        return {"p50": math.nan, "p95": math.nan}
    cuts = statistics.quantiles(ms, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94]}


def _from(threshold: float, scores: Sequence[float]) -> float:
    return sum(score >= threshold for score in scores) / len(scores) if scores else math.nan


def _need(one: Asked) -> str:
    return one.line.intent


def _flagged(one: Asked) -> bool:
    return one.heard.danger


def _tongue_right(one: Asked) -> bool:
    # Nigerian Pidgin is answered in English or Yoruba: either is right.
    wanted = {one.line.language} | ({"en"} if "pidgin" in one.line.tags else set())
    return str(one.heard.language) in wanted


def _tellable(one: Asked) -> bool:
    """Whether it has three words, or as much text in a script without spaces."""
    unspaced = one.line.language == "zh" and "romanised" not in one.line.tags
    return len(one.line.text) >= 5 if unspaced else len(one.line.text.split()) >= WORDS_TO_TELL


def _best_in_scope(one: Asked) -> float:
    return max((sure for name, sure in one.heard.ranking if name != OUT_OF_SCOPE), default=0.0)


def _mean_of(by_language: Mapping[str, Sequence[Asked]], among: Callable[[str], bool]) -> float:
    rights = [_accuracy(some) for tag, some in by_language.items() if among(tag)]
    return statistics.fmean(rights) if rights else math.nan


def _accuracy(asked: Sequence[Asked]) -> float:
    return _share(asked, lambda one: one.right)


def _share(asked: Sequence[Asked], holds: Callable[[Asked], bool]) -> float:
    return sum(map(holds, asked)) / len(asked) if asked else math.nan


def _group(asked: Iterable[Asked], key: Callable[[Asked], str]) -> Mapping[str, list[Asked]]:
    groups: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        groups[key(one)].append(one)
    return dict(sorted(groups.items()))


def _by_tag(asked: Iterable[Asked]) -> Mapping[Hashable, list[Asked]]:
    groups: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        for tag in one.line.tags:
            groups[tag].append(one)
    return dict(sorted(groups.items()))
