"""One model beside another on the same lines: what it mends, what it breaks, and whether that is chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import comb
from typing import Any

from bot.conversation.danger import SAFETY_NEEDS
from bot.evaluation.figures import Asked


def compare(new: Sequence[Asked], old: Sequence[Asked]) -> dict[str, Any]:
    """Return per language, over all, and for the safety needs how many lines were mended and broken.

    ``chance`` is the two-sided probability of a difference at least this large if both were equally good.

    Args:
        new: Answers of the candidate.
        old: Answers of the other model, to the same lines in the same order.

    Source:
        McNemar's exact test (binomial on the lines the two differ in).
    """
    pairs = list(zip(new, old, strict=True))
    by_language: dict[str, list[tuple[Asked, Asked]]] = defaultdict(list)
    for pair in pairs:
        by_language[pair[0].line.language].append(pair)
    dangerous = [pair for pair in pairs if pair[0].line.intent in SAFETY_NEEDS]
    return {
        "all": _difference(pairs),
        "safety_needs": _difference(dangerous),
        "danger_missed_anew": sum(old.heard.danger and not new.heard.danger for new, old in dangerous),
        "danger_found_anew": sum(new.heard.danger and not old.heard.danger for new, old in dangerous),
        "languages": {tag: _difference(some) for tag, some in sorted(by_language.items())},
    }


def _difference(pairs: Sequence[tuple[Asked, Asked]]) -> dict[str, float]:
    mended = sum(new.right and not old.right for new, old in pairs)
    broken = sum(old.right and not new.right for new, old in pairs)
    return {
        "lines": len(pairs),
        "new": sum(new.right for new, _ in pairs) / len(pairs) if pairs else 0.0,
        "old": sum(old.right for _, old in pairs) / len(pairs) if pairs else 0.0,
        "mended": mended,
        "broken": broken,
        "chance": exact_chance(mended, broken),
    }


def exact_chance(mended: int, broken: int) -> float:
    """Return McNemar's exact two-sided probability for so many lines mended and broken."""
    differing, fewer = mended + broken, min(mended, broken)
    if differing == 0:
        return 1.0
    tail = sum(comb(differing, k) for k in range(fewer + 1)) / 2**differing
    return float(min(1.0, 2 * tail))
