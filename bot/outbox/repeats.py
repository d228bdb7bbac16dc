"""Which rows may stand in the group already, so that a text sent again says that it may be a repeat."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import Say, ToChat, ToPerson
from bot.outbox.ports import End, Result, Row


class Repeats:
    """Remembers which rows surely never arrived; whatever else has been tried before is marked.

    A row tried by a process that is gone is marked too: better a mark too many than a repeat that looks new.
    """

    def __init__(self) -> None:
        self._surely_new: set[int] = set()

    def note(self, row: Row, result: Result, *, again: bool) -> None:
        """Remember how an attempt ended; ``again``: the row will be tried again."""
        known = row.attempt == 1 or row.id in self._surely_new
        if again and known and result.end in {End.NOT_SENT, End.REFUSED}:
            self._surely_new.add(row.id)
        else:
            self._surely_new.discard(row.id)

    def marked(self, row: Row, mark: str) -> Row:
        """Return the row with ``mark`` before its text if it may stand there already; never for a person."""
        if not isinstance(row.body, Say) or isinstance(row.to, ToPerson | ToChat):
            return row
        if row.attempt == 1 or row.id in self._surely_new:
            return row
        return replace(row, body=replace(row.body, text=f"{mark} {row.body.text}"))
