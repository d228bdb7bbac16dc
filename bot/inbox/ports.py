"""What the inbox needs from storage and from whoever brings updates."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.messages import Alarm


@dataclass(frozen=True)
class RawUpdate:
    """One update as it came: its ``update_id``, its order key, and the whole JSON.

    ``lane`` is a plain order key such as ``"private:123"`` or ``"topic:-100:7"``; storage keeps only
    its keyed HMAC. An update nobody can place gets the lane ``"odd"``.
    """

    update_id: int
    lane: str = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Claimed:
    """A stored update claimed by one worker. ``source`` is ``"telegram"`` or ``"timer"``."""

    id: int
    lane: str
    attempt: int
    source: str
    body: bytes = field(repr=False)


class InboxStore(Protocol):
    """Durable rows: each ``update_id`` once, order kept per lane, one holder per lane."""

    async def add(self, updates: Sequence[RawUpdate]) -> int:
        """Commit all in one transaction; repeats are passed over. Returns how many were new."""

    async def add_due_timers(self, now: datetime) -> int:
        """Move due timers into the inbox (lane of their person) and drop their rows, in one transaction."""

    async def claim(self, holder: str, *, lanes: int, rows: int, lease_seconds: float) -> list[list[Claimed]]:
        """Claim up to ``lanes`` free lanes with waiting rows; each inner list is one lane, in order.

        A lane stays claimed until ``release`` or until its lease runs out. Claiming counts an attempt on
        the first row of each lane.
        """

    async def release(self, holder: str, lane: str) -> None:
        """Let the lane go; its remaining rows can be claimed again."""

    async def set_aside(self, row: int, why: str) -> None:
        """Move a row to the dead letters (kept sealed) with an alarm; ``why`` is a class name."""

    async def done(self, row: int) -> None:
        """Mark a row done that needs nothing else."""

    async def raise_alarm(self, alarm: Alarm) -> None:
        """Keep an alarm (same ``what`` and ``about`` within ten minutes counts up instead)."""

    async def waiting(self) -> int:
        """Return how many rows wait."""


Handler = Callable[[Claimed], Awaitable[None]]
"""Takes one claimed row all the way to its commit; raises UnreadableUpdate for poison."""
