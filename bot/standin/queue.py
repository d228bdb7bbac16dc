"""The queue of updates: numbered, kept until confirmed, and not for ever."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from bot.standin.clock import Clock
from bot.standin.ids import Ids
from bot.standin.model import Message
from bot.standin.problems import JSON

MOST_PENDING = 100_000
A_WEEK = 7 * 86_400
LIFE = 86_400
BUTTON_LIFE = 150
OPTIONAL_KINDS = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds a bot gets only when it names them.

Source: Bot API, getUpdates.allowed_updates.
"""

Lane = tuple[str, int]
"""What a webhook keeps in order: one lane is one request at a time."""


@dataclass(eq=False)
class Pending:
    """An update that waits for the bot."""

    update_id: int
    kind: str
    body: JSON
    expires_at: float
    lane: Lane
    message: Message | None = None
    verbatim: str | None = None


class UpdateQueue:
    """Numbers updates, keeps them for their life, and forgets them once confirmed."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._items: deque[Pending] = deque()
        self._lanes: dict[Lane, deque[Pending]] = {}
        self._next_death = math.inf
        self._kept: dict[int, Pending] = {}
        self.allowed: frozenset[str] = frozenset()
        self.next_id = ids.first_update()
        self.confirmed_to = 0
        self._last_push = clock.now()

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for this kind; an empty list means the usual ones."""
        return kind in self.allowed if self.allowed else kind not in OPTIONAL_KINDS

    def push(
        self, kind: str, body: JSON, lane: Lane, *, life: float = LIFE, message: Message | None = None
    ) -> int | None:
        """Queue an update of a kind; returns its id, or None when it is not wanted or the queue is full."""
        if not self.wants(kind) or len(self.pending()) >= MOST_PENDING:
            return None
        return self.put(self._new_id(), kind, body, lane, life=life, message=message)

    def put(
        self, update_id: int, kind: str, body: JSON, lane: Lane, *,
        life: float = LIFE, message: Message | None = None, verbatim: str | None = None,
    ) -> int:  # fmt: skip
        """Queue an update under a chosen id, wanted or not."""
        item = Pending(update_id, kind, body, self._clock.now() + life, lane, message, verbatim)
        self._add(item)
        self._kept[update_id] = item
        while len(self._kept) > 2 * MOST_PENDING:
            del self._kept[next(iter(self._kept))]
        self._clock.ring()
        return update_id

    def again(self, update_id: int) -> bool:
        """Queue an update once more that was queued before, as Telegram sometimes does."""
        item = self._kept.get(update_id)
        if item is None:
            return False
        self._add(item)
        self._clock.ring()
        return True

    def _add(self, item: Pending) -> None:
        self._items.append(item)
        self._lanes.setdefault(item.lane, deque()).append(item)
        self._next_death = min(self._next_death, item.expires_at)

    def new_id(self) -> int:
        """Take the next id for an update that is made by hand."""
        return self._new_id()

    def _new_id(self) -> int:
        now = self._clock.now()
        if now - self._last_push > A_WEEK:
            self.next_id = self._ids.first_update()
        self._last_push = now
        self.next_id += 1
        return self.next_id - 1

    def pending(self) -> deque[Pending]:
        """Return what still waits, the dead ones dropped."""
        if self._clock.now() >= self._next_death:
            now = self._clock.now()
            self._items = deque(item for item in self._items if item.expires_at > now)
            self._lanes = {}
            for item in self._items:
                self._lanes.setdefault(item.lane, deque()).append(item)
            self._next_death = min((item.expires_at for item in self._items), default=math.inf)
        return self._items

    def heads(self) -> list[Pending]:
        """Return the first update of every lane."""
        self.pending()
        return [lane[0] for lane in self._lanes.values()]

    def head(self, lane: Lane) -> Pending | None:
        """Return the first update of a lane."""
        self.pending()
        return self._lanes[lane][0] if lane in self._lanes else None

    def fetch(self, offset: int, limit: int) -> list[Pending]:
        """Confirm what lies before `offset` and return the next `limit` updates."""
        self.pending()
        if offset < 0:
            self._forget(max(0, len(self._items) + offset))
        elif offset > 0:
            self._forget(self._passed(offset))
        return list(itertools.islice(self._items, limit))

    def _passed(self, offset: int) -> int:
        """Return how many waiting updates an offset confirms.

        An offset from the future (after the numbers jumped) counts from the head and confirms nothing.

        Source: tdlib `TQueue.cpp`, get: "Specified from_id is in the future".
        """
        if offset > self.next_id + 10 and not any(item.update_id == offset - 1 for item in self._items):
            return 0
        for at, item in enumerate(self._items):
            if item.update_id == offset - 1:
                return at + 1
        return sum(1 for _ in itertools.takewhile(lambda item: item.update_id < offset, self._items))

    def _forget(self, count: int) -> None:
        for _ in range(count):
            self.settle(self._items[0])

    def settle(self, item: Pending) -> None:
        """Drop an update for good: the bot has it."""
        self._items.remove(item)
        self._lanes[item.lane].remove(item)
        if not self._lanes[item.lane]:
            del self._lanes[item.lane]
        self.confirmed_to = item.update_id
        if item.message is not None:
            item.message.delivered = item.message.confirmed = True
        self._clock.ring()

    def clear(self) -> None:
        """Drop everything that waits."""
        self._items.clear()
        self._lanes.clear()
        self._clock.ring()

    def mark_delivered(self, items: Iterable[Pending]) -> None:
        """Remember that the bot was handed these, for the ticks on the page."""
        for item in items:
            if item.message is not None and not item.message.delivered:
                item.message.delivered = True
                self._clock.ring()
