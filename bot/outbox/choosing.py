"""Chooses what may leave now: due, in order, urgent first, and within every limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.messages import React, Say, SetTopic, ShowCard
from bot.outbox.pacing import Pacing
from bot.outbox.ports import OutboxStore, Row

FEW = 64
MANY = 4096
"""When limits hold up everything that was looked at, more is looked at: one busy group stops nobody."""

LONG_TEXT = 4096


class Choosing:
    """Remembers which rows the limits held up, and when the next of them may leave."""

    def __init__(
        self,
        store: OutboxStore,
        pacing: Pacing,
        clock: Callable[[], datetime],
        steady: Callable[[], float],
    ) -> None:
        self._store = store
        self._pacing = pacing
        self._clock = clock
        self._steady = steady
        self._held_up: set[int] = set()
        self._soonest: float | None = None
        self._retries: list[datetime] = []

    async def choose(self, room: int) -> list[Row]:
        """Return at most ``room`` rows that may leave now; their permits are spent."""
        self._soonest = None
        self._pacing.forget(self._steady())
        chosen: dict[int, Row] = {}
        limit = FEW
        while True:
            rows = await self._store.next_rows(self._clock(), limit=limit)
            self._admit(rows, room, chosen)
            if len(chosen) >= room or len(rows) < limit or limit >= MANY:
                break
            limit *= 4
        self._held_up &= {row.id for row in rows}
        return list(chosen.values())

    def was_held_up(self, row: Row) -> bool:
        """Whether the limits made this row wait."""
        return row.id in self._held_up

    def pause(self, longest: float) -> float:
        """Return the seconds until something held up, or put off, may leave; at most ``longest``."""
        now = self._clock()
        self._retries = [due for due in self._retries if due > now]
        waits = [(due - now).total_seconds() for due in self._retries]
        if self._soonest is not None:
            waits.append(self._soonest)
        return min([longest, *waits])

    def note_retry(self, due: datetime | None) -> None:
        """Remember when a row that was put off comes due."""
        if due is not None:
            self._retries.append(due)

    def _admit(self, rows: Sequence[Row], room: int, chosen: dict[int, Row]) -> None:
        now = self._steady()
        for row in rows:
            if len(chosen) >= room:
                return
            if row.id in chosen:
                continue
            cost = cost_of(row)
            wait = self._pacing.wait(now, row.chat, is_group=row.is_group, urgent=row.urgent, cost=cost)
            if wait > 0:
                self._held_up.add(row.id)
                self._soonest = wait if self._soonest is None else min(self._soonest, wait)
                continue
            self._pacing.spend(now, row.chat, is_group=row.is_group, cost=cost)
            chosen[row.id] = row


def cost_of(row: Row) -> int:
    """Return how many of Telegram's permits a row takes; a reaction is no message."""
    match row.body:
        case React():
            return 0
        case SetTopic(closed=closed):
            # Closing leaves a line in the topic, as a message does.
            return 2 if closed else 1
        case Say(text=text) | ShowCard(text=text):
            return 1 + len(text) // LONG_TEXT
        case _:
            return 1
