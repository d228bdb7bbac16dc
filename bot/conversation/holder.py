"""Who answers: the choice that matters most, as plain functions of our own state."""

from __future__ import annotations

from bot.messages import CaseState, Holder


def engine_answers(holder: Holder) -> bool:
    """Tell whether the engine may answer: never while an advocate holds the conversation."""
    return holder is not Holder.ADVOCATE


def advocates_hear(holder: Holder) -> bool:
    """Tell whether the person's words go to their topic: from asking for a person until hand-back."""
    return holder is not Holder.BOT


def holder_of(state: CaseState | None) -> Holder:
    """Return who holds a conversation whose hand-off stands so (``None``: there is none)."""
    return {
        None: Holder.BOT,
        CaseState.QUEUED: Holder.QUEUED,
        CaseState.CLAIMED: Holder.ADVOCATE,
        CaseState.CLOSED: Holder.BOT,
    }[state]
