"""Telegram's pace as arithmetic: when a call for a chat may leave. Time comes in, nothing waits here.

Source:
    Telegram's Bot FAQ: one message a second in a chat (short bursts pass), twenty a minute in a group,
    about thirty a second over all. Sends, edits and topics share them. The exact limits are unpublished.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MINUTE = 60.5
"""A little more than a minute: our clock and Telegram's begin a minute at different moments."""

SECOND = 1.05


@dataclass(frozen=True)
class Limits:
    """How many calls fit. ``kept_back`` of a group's minute are for urgent rows alone."""

    burst: int = 3
    per_second: float = 1.0
    group_per_minute: int = 20
    kept_back: int = 2
    overall_per_second: int = 30


UNLIMITED = Limits(10**9, 1e9, 10**9, 0, 10**9)
"""For a stand-in without limits."""


@dataclass
class Bucket:
    """Permits of one chat: ``burst`` at once, refilled at ``per_second``."""

    left: float
    at: float


@dataclass
class Window:
    """The moments of the last calls, oldest first."""

    seconds: float
    moments: deque[float] = field(default_factory=deque)

    def wait(self, now: float, *, room_for: int, cost: int) -> float:
        """Return the seconds until ``cost`` more fit into ``room_for``."""
        while self.moments and self.moments[0] <= now - self.seconds:
            self.moments.popleft()
        over = len(self.moments) + min(cost, room_for) - room_for
        return self.moments[over - 1] + self.seconds - now if over > 0 else 0.0


class Pacing:
    """Budgets per chat, per group and over all; ``now`` is any steady clock's seconds."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._overall = Window(SECOND)
        self._chats: dict[int, Bucket] = {}
        self._groups: dict[int, Window] = {}
        self._held: dict[int, float] = {}

    def wait(self, now: float, chat: int, *, is_group: bool, urgent: bool, cost: int = 1) -> float:
        """Return the seconds until a call for ``chat`` may leave; zero: now."""
        return max(
            self._overall.wait(now, room_for=self._limits.overall_per_second, cost=cost),
            self.wait_of_chat(now, chat, is_group=is_group, urgent=urgent, cost=cost),
        )

    def wait_of_chat(self, now: float, chat: int, *, is_group: bool, urgent: bool, cost: int = 1) -> float:
        """Return the same for the chat's own budget alone."""
        waits = [self._held.get(chat, now) - now, self._wait_of_bucket(now, chat, cost)]
        if is_group and cost:
            room = self._limits.group_per_minute - (0 if urgent else self._limits.kept_back)
            waits.append(self._group(chat).wait(now, room_for=room, cost=cost))
        return max(0.0, *waits)

    def spend(self, now: float, chat: int, *, is_group: bool, cost: int = 1) -> None:
        """Take the permits of a call that leaves now."""
        self._overall.moments.extend([now] * max(cost, 1))
        if not cost:
            return
        self._bucket(now, chat).left -= cost
        if is_group:
            self._group(chat).moments.extend([now] * cost)

    def hold(self, now: float, chat: int, seconds: float) -> None:
        """Send nothing to this chat for so long, as Telegram asked; other chats go on."""
        self._held[chat] = max(self._held.get(chat, now), now + seconds)

    def forget(self, now: float) -> None:
        """Drop what says nothing any more, so that memory stays flat over months."""
        full = self._limits.burst
        self._held = {chat: until for chat, until in self._held.items() if until > now}
        quiet = [chat for chat in self._chats if self._bucket(now, chat).left >= full]
        for chat in quiet:
            del self._chats[chat]

    def _wait_of_bucket(self, now: float, chat: int, cost: int) -> float:
        missing = min(cost, self._limits.burst) - self._bucket(now, chat).left
        return max(0.0, missing / self._limits.per_second)

    def _bucket(self, now: float, chat: int) -> Bucket:
        bucket = self._chats.setdefault(chat, Bucket(self._limits.burst, now))
        gained = (now - bucket.at) * self._limits.per_second
        bucket.left, bucket.at = min(self._limits.burst, bucket.left + gained), now
        return bucket

    def _group(self, chat: int) -> Window:
        return self._groups.setdefault(chat, Window(MINUTE))
