"""Danger first: which needs are urgent, and the guarantee that the safety text is never missing."""

from __future__ import annotations

from bot.messages import Reply, Understanding

SAFETY_NEEDS = frozenset({"immediate_danger", "held_captive", "being_moved", "self_harm", "medical_need"})
"""Needs that jump the advocates' queue; `immediate_danger` opens a hand-off by itself."""

FIXED_TEXT = "utter_danger_fixed"

OPENS_FROM = 0.4
"""Confidence from which danger heard in words opens a hand-off by itself; below it, one is offered.

The safety text is shown either way. Opening on almost no evidence would pass on words that nobody agreed to.
"""


def is_urgent(heard: Understanding | None) -> bool:
    """Tell whether what was heard puts a hand-off before the others."""
    return heard is not None and (heard.danger or heard.intent in SAFETY_NEEDS)


def only_offers(heard: Understanding) -> bool:
    """Tell whether danger was heard too faintly to call somebody without being asked."""
    return heard.intent in SAFETY_NEEDS and heard.confidence < OPENS_FROM


def lacks_safety_text(heard: Understanding, replies: tuple[Reply, ...]) -> bool:
    """Tell whether danger was heard but no safety text is among the answers (a model or rule went wrong)."""
    spoken = {reply.name for reply in replies}
    answered = FIXED_TEXT in spoken or any(f"utter_{need}" in spoken for need in SAFETY_NEEDS)
    return is_urgent(heard) and not answered
