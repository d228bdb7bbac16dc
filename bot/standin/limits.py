"""Telegram's pace: one message a second per chat, thirty over all, twenty a minute per group.

The true limits are not published and vary; this is a profile of them, off unless asked for.

Source: Telegram Bot FAQ, "My bot is hitting limits"; levlam in tdlib/td#2592 (edits and topics count too).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from bot.standin.clock import Clock
from bot.standin.problems import JSON, ControlError, too_many_requests

A_MINUTE = 60
BURST = 4
"""How many messages a chat takes at once before the one a second holds."""

DEFAULTS = {"per_chat_per_second": 1.0, "per_group_per_minute": 20.0, "overall_per_second": 30.0}


@dataclass
class Bucket:
    """A store of permits that fills at a steady rate."""

    rate: float
    most: float
    at: float
    left: float = field(default=-1.0)

    def refill(self, now: float) -> None:
        """Add the permits that time has brought."""
        self.left = self.most if self.left < 0 else min(self.most, self.left + (now - self.at) * self.rate)
        self.at = now

    def wait(self, cost: int) -> float:
        """Return the seconds until `cost` permits are there."""
        return max(0.0, (min(cost, self.most) - self.left) / self.rate)


class Limits:
    """The budgets of every chat, on the injected clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.profile = "off"
        self.rates = dict(DEFAULTS)
        self._overall: Bucket | None = None
        self._chats: dict[int, Bucket] = {}
        self._groups: dict[int, deque[float]] = {}

    def set(self, profile: str | None, overrides: JSON | None) -> None:
        """Switch the profile and change single rates; budgets start full."""
        if profile is not None and profile not in {"off", "real"}:
            raise ControlError("profile is off or real")
        unknown = set(overrides or {}) - set(DEFAULTS)
        if unknown or any(
            not isinstance(rate, int | float) or rate <= 0 for rate in (overrides or {}).values()
        ):
            raise ControlError(f"overrides are positive numbers for {', '.join(DEFAULTS)}")
        self.profile = profile or self.profile
        self.rates = DEFAULTS | (overrides or {})
        self._overall, self._chats, self._groups = None, {}, {}
        self._clock.ring()

    def spend(self, chat: int, cost: int) -> None:
        """Take permits for a call, or refuse it with the wait; a refused call costs nothing.

        Raises:
            ApiError: 429 with ``retry_after`` in whole seconds.
        """
        if self.profile == "off":
            return
        wait = max(self._bucket(chat).wait(cost), self._all().wait(cost), self._group_wait(chat, cost))
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        self._bucket(chat).left -= cost
        self._all().left -= cost
        if chat < 0:
            self._groups.setdefault(chat, deque()).extend([self._clock.now()] * cost)

    def _bucket(self, chat: int) -> Bucket:
        rate = self.rates["per_chat_per_second"]
        bucket = self._chats.setdefault(chat, Bucket(rate, max(BURST, rate), self._clock.now()))
        bucket.refill(self._clock.now())
        return bucket

    def _all(self) -> Bucket:
        rate = self.rates["overall_per_second"]
        self._overall = self._overall or Bucket(rate, max(1.0, rate), self._clock.now())
        self._overall.refill(self._clock.now())
        return self._overall

    def _group_wait(self, chat: int, cost: int) -> float:
        """Return the wait until the last minute has room, for groups alone."""
        if chat > 0:
            return 0.0
        now = self._clock.now()
        spent = self._groups.setdefault(chat, deque())
        while spent and spent[0] <= now - A_MINUTE:
            spent.popleft()
        over = (
            len(spent)
            + min(cost, int(self.rates["per_group_per_minute"]))
            - int(self.rates["per_group_per_minute"])
        )
        return spent[over - 1] + A_MINUTE - now if over > 0 else 0.0

    def report(self, chats: list[int]) -> JSON:
        """Return the budgets for the page."""
        if self.profile == "off":
            return {"profile": "off", "rates": self.rates, "chats": {}}
        return {
            "profile": self.profile,
            "rates": self.rates,
            "overall": {"left": round(self._all().left, 2), "of": self._all().most},
            "chats": {str(chat): self._left(chat) for chat in chats if chat in self._chats},
        }

    def _left(self, chat: int) -> JSON:
        if chat > 0:
            bucket = self._bucket(chat)
            return {"left": round(bucket.left, 2), "of": bucket.most, "wait": round(bucket.wait(1), 2)}
        wait = max(self._group_wait(chat, 1), self._bucket(chat).wait(1))
        most = int(self.rates["per_group_per_minute"])
        return {"left": max(0, most - len(self._groups[chat])), "of": most, "wait": round(wait, 2)}
