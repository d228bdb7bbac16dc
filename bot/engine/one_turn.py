"""A tracker store that holds each conversation for one turn only: its events came in with the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker


class OneTurnStore:
    """What Rasa's processor needs of a store, without the databases that its own class imports.

    Every turn has an id of its own, so turns need no lock between them and cannot see each other.
    """

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self._trackers: dict[str, DialogueStateTracker] = {}

    def put(self, turn_id: str, events: Sequence[Mapping[str, Any]]) -> DialogueStateTracker:
        """Hold a tracker made of these events until ``drop``."""
        told = [_kind(event["event"])._from_parameters(dict(event)) for event in events]
        tracker = DialogueStateTracker.from_events(turn_id, told, self.domain.slots)
        self._trackers[turn_id] = tracker
        return tracker

    def get(self, turn_id: str) -> DialogueStateTracker:
        """Return the tracker as the turn left it."""
        return self._trackers[turn_id]

    def drop(self, turn_id: str) -> None:
        """Forget the tracker."""
        self._trackers.pop(turn_id, None)

    async def get_or_create_tracker(
        self, sender_id: str, max_event_history: int | None = None, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """Return the tracker of this turn; none is ever made here."""
        return self._trackers[sender_id]

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the tracker of this turn."""
        return self._trackers.get(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Hold the tracker as it is now."""
        self._trackers[tracker.sender_id] = tracker


@cache
def _kind(name: str) -> Any:
    """Return the class of events of this name; Rasa goes through all of them anew for every event."""
    return Event.resolve_by_type(name)
