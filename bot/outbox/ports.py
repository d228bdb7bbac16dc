"""What the outbox needs from storage and from the gateway."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.messages import (
    Body,
    CaseId,
    Change,
    ChatId,
    Destination,
    Handle,
    Origin,
    PersonId,
)


@dataclass(frozen=True)
class Row:
    """One waiting send with everything a call needs, opened for this moment only.

    ``chat``, ``thread`` and ``card`` are where it goes now (``thread``: ``None`` while there is no topic);
    ``handles`` are the button handles in the order of the body's buttons.
    """

    id: int
    to: Destination
    body: Body = field(repr=False)
    origin: Origin
    urgent: bool
    case: CaseId | None
    person: PersonId | None
    answers: int | None
    attempt: int
    chat: ChatId = field(repr=False)
    thread: int | None = None
    card: int | None = None
    handles: tuple[Handle, ...] = ()
    due_at: datetime | None = None
    is_group: bool = False


class End(enum.Enum):
    """How a send ended."""

    SENT = "sent"
    NOT_SENT = "not sent"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"


class Refusal(enum.Enum):
    """Why Telegram said no for good, in our words; the gateway's one table maps its texts to these."""

    BLOCKED = "blocked"
    DELETED = "deleted"
    CHAT_NOT_FOUND = "chat not found"
    TOPIC_GONE = "topic gone"
    TOPIC_CLOSED = "topic closed"
    NO_RIGHTS = "no rights"
    NOT_A_FORUM = "not a forum"
    KICKED = "kicked"
    MIGRATED = "migrated"
    MESSAGE_GONE = "message gone"
    NOT_MODIFIED = "not modified"
    BAD_REQUEST = "bad request"
    UNAUTHORIZED = "unauthorized"


@dataclass(frozen=True)
class Result:
    """What became of one call.

    ``message`` is the sent message's id (for OpenTopic: the thread id). ``retry_after`` in seconds with
    NOT_SENT. ``moved_to`` with MIGRATED.
    """

    end: End
    message: int | None = None
    retry_after: float | None = None
    refusal: Refusal | None = None
    moved_to: ChatId | None = None


class OutboxStore(Protocol):
    """Durable rows: waiting -> sending -> sent | waiting again | uncertain | refused."""

    async def next_rows(self, now: datetime, *, limit: int) -> list[Row]:
        """Return due waiting rows: the oldest of each destination only (order is kept), urgent ones first.

        A topic's rows wait until its OpenTopic row has ended; rows to a person who blocked the bot wait too.
        For a group several rows may be returned (its topics, oldest each), urgent first.
        """

    async def merge_candidates(self, row: Row, *, limit: int) -> list[Row]:
        """Return the next waiting rows right behind ``row`` in the same topic that may merge into it."""

    async def mark_sending(self, rows: Sequence[int], holder: str) -> bool:
        """Commit that these rows are about to leave, before the call. False if another took them."""

    async def settle(
        self, rows: Sequence[int], result: Result, changes: Sequence[Change], *, retry_at: datetime | None
    ) -> None:
        """Write how it ended, and what follows from it, in one transaction; words of sent rows are erased."""

    async def abandoned(self, holder_alive: Sequence[str]) -> list[Row]:
        """Return rows still marked sending by a holder that no longer lives: their end is uncertain."""

    async def waiting(self) -> int:
        """Return how many rows wait."""


class Telegram(Protocol):
    """The gateway's sending half."""

    async def send(self, row: Row, merged: Sequence[Row] = ()) -> Result:
        """Make the Bot API call for this row; never raises for what Telegram or the network does."""

    async def answer_press(self, query: str, text: str = "", *, alert: bool = False) -> None:
        """Answer a button press; best effort."""
