"""What we keep: conversations, cases, advocates."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.messages.names import AdvocateId, CaseId, ChatId, Holder, Language, PersonId, Reach
from bot.messages.understood import Tongue


@dataclass(frozen=True)
class Conversation:
    """State of one person's conversation. ``version`` guards against two workers at once."""

    person: PersonId
    version: int = 0
    holder: Holder = Holder.BOT
    case: CaseId | None = None
    tongue: Tongue = field(default_factory=Tongue)
    noticed: bool = False
    reach: Reach = Reach.OPEN
    events: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


class CaseState(enum.Enum):
    """Where a hand-off stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    CLOSED = "closed"


@dataclass(frozen=True)
class Case:
    """One hand-off of one person to the advocates.

    ``group`` is the configured group's key (its id as first configured; migration changes only
    where it is sent); ``thread`` and ``card`` are Telegram's topic and card message, when known.
    """

    id: CaseId
    code: str
    person: PersonId
    group: ChatId
    version: int = 0
    state: CaseState = CaseState.QUEUED
    owner: AdvocateId | None = None
    urgent: bool = False
    need: str = ""
    language: Language | None = None
    thread: int | None = None
    card: int | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True)
class Advocate:
    """An enrolled advocate. ``alias`` is what colleagues read; ``present``: still in the group."""

    id: AdvocateId
    alias: str
    role: str = "advocate"
    active: bool = True
    present: bool = True
