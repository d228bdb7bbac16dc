"""What a young person did, before anyone answers: words, a choice of a button, a place, a file, a start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.messages import Act, Content, Pressed, SentFile, SharedPlace, Started, Wrote

LOCATION_INTENT = "location_shared"
HANDOFF_INTENT = "talk_to_human"


@dataclass(frozen=True)
class Heard:
    """One thing the person did.

    ``text`` are their words; ``intent`` an already-parsed meaning; ``act`` a button of ours that is no
    intent; ``place`` a point on the map, for one answer only; ``not_passed`` a kind of message that goes no
    further (``photo``, ``location`` …).
    """

    text: str | None = field(default=None, repr=False)
    intent: str | None = None
    entities: Mapping[str, str] = field(default_factory=dict)
    act: Act | None = None
    old_button: bool = False
    started: bool = False
    edited: bool = False
    place: SharedPlace | None = field(default=None, repr=False)
    not_passed: str | None = None


def hear(content: Content, act: Act | None) -> Heard | None:
    """Return what was done; ``None`` for what means nothing in a private chat.

    Args:
        content: What arrived.
        act: What the pressed button stands for; ``None`` if it is not theirs, spent or expired.
    """
    match content:
        case Wrote(text=text, edited=edited):
            return Heard(text=text, edited=edited)
        case Started():
            return Heard(started=True)
        case Pressed():
            return _press(act)
        case SharedPlace() as place:
            return Heard(intent=LOCATION_INTENT, place=place, not_passed="location")
        case SentFile(kind=kind, caption=caption):
            return Heard(text=caption or None, not_passed=kind)
        case _:
            return None


def _press(act: Act | None) -> Heard:
    if act is None:
        return Heard(old_button=True)
    if act.name == "intent":
        entities = {name: value for name, value in act.values.items() if name != "intent"}
        return Heard(intent=act.values["intent"], entities=entities)
    return Heard(act=act)
