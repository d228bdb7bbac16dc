"""What the bot asked and was answered, and what it should not have asked."""

from __future__ import annotations

from collections import deque
from typing import Any

from bot.standin.clock import Clock
from bot.standin.problems import JSON

KEPT_PER_METHOD = 20_000


class Records:
    """Requests for assertions; complaints that must be empty at the end of a test."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._number = 0
        self._by_method: dict[str, deque[JSON]] = {}
        self.complaints: list[JSON] = []

    def request(self, method: str, parameters: JSON, answer: Any, *, fault: str | None = None) -> None:
        """Write down a call and its answer; None as answer means that none was given."""
        self._number += 1
        entry = {
            "number": self._number,
            "method": method,
            "parameters": parameters,
            "answer": answer,
            "fault": fault,
            "at": self._clock.now(),
        }
        self._by_method.setdefault(method, deque(maxlen=KEPT_PER_METHOD)).append(entry)

    def requests(self, method: str | None = None) -> list[JSON]:
        """Return the calls in order, of one method or of all."""
        if method is not None:
            return list(self._by_method.get(method, ()))
        every = [entry for entries in self._by_method.values() for entry in entries]
        return sorted(every, key=lambda entry: int(entry["number"]))

    def complain(self, method: str, about: str) -> None:
        """Write down something that Telegram lets pass and a good bot never does."""
        self.complaints.append({"method": method, "complaint": about})
