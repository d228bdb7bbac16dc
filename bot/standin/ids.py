"""Seeded identifiers: the same seed gives the same run."""

from __future__ import annotations

import random
import string

MOST_UPDATE_ID = 2**31 - 1_000_000
_LETTERS = string.ascii_letters + string.digits + "-_"


class Ids:
    """Where every random number of the stand-in comes from."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, guards nothing
        self._next_user = 3100
        self._next_group = 2

    def first_update(self) -> int:
        """Return a random positive number, as Telegram's first update_id is."""
        return self._random.randrange(100_000_000, MOST_UPDATE_ID)

    def first_message(self) -> int:
        """Return where a group's message ids begin: a stand-in started anew must not repeat an older one's.

        A bot keeps topics by these ids; the same id for another topic would be taken for the old one.
        """
        return self._random.randrange(1, 1_000_000_000)

    def lower_update(self, than: int) -> int:
        """Return a random positive number well below `than`, for the jump after a quiet week."""
        return self._random.randrange(1, max(2, than // 2))

    def query(self) -> str:
        """Return a callback query's id, a long number as text."""
        return str(self._random.randrange(10**17, 10**18))

    def letters(self, length: int) -> str:
        """Return random letters for file ids."""
        return "".join(self._random.choices(_LETTERS, k=length))

    def between(self, low: float, high: float) -> float:
        """Return a number from low to high."""
        return self._random.uniform(low, high)

    def user(self) -> int:
        """Return the next free person's id."""
        self._next_user += 1
        return self._next_user

    def group(self, *, supergroup: bool) -> int:
        """Return the next free group id, in Telegram's form for its kind."""
        self._next_group += 1
        return (-1_001_000_000_000 if supergroup else -5_000_000) - self._next_group
