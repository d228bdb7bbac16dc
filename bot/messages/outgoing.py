"""What goes out: rows of the outbox, and timers."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

from bot.messages.names import AdvocateId, CaseId, ChatId, PersonId
from bot.messages.understood import Button


@dataclass(frozen=True)
class ToPerson:
    person: PersonId


@dataclass(frozen=True)
class ToTopic:
    case: CaseId


@dataclass(frozen=True)
class ToGroup:
    """The General topic of a group: alarms and notices only, never anyone's words."""

    group: ChatId


@dataclass(frozen=True)
class ToAdvocate:
    """An advocate's private chat."""

    advocate: AdvocateId


@dataclass(frozen=True)
class ToChat:
    """A private chat that is nobody's yet, such as one that tried an invitation."""

    chat: ChatId = field(repr=False)


Destination = ToPerson | ToTopic | ToGroup | ToAdvocate | ToChat


class Origin(enum.Enum):
    """Whose words a row carries; decides what happens when its end is uncertain."""

    BOT = "bot"
    PERSON = "person"
    ADVOCATE = "advocate"
    SYSTEM = "system"


@dataclass(frozen=True)
class Say:
    """A text message. ``mergeable`` rows waiting for one topic may go as one message."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    mergeable: bool = False


@dataclass(frozen=True)
class OpenTopic:
    """Create the case's topic; its thread id is written back to the case."""

    name: str
    urgent: bool = False


@dataclass(frozen=True)
class ShowCard:
    """Send the case's card into its topic, or edit it if it stands there; the newest wins."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class SetTopic:
    """Bring the topic to this name and state (``closed`` or open)."""

    name: str
    closed: bool


@dataclass(frozen=True)
class React:
    """Put one of Telegram's reaction emoji under a message in the topic (``None`` takes it away)."""

    message: int
    emoji: str | None


Body = Say | OpenTopic | ShowCard | SetTopic | React


@dataclass(frozen=True)
class Send:
    """One row of the outbox.

    ``answers`` is the id of the advocate's message that this row carries on, so that its end
    (delivered, uncertain, not delivered) can be shown there.
    """

    to: Destination
    body: Body
    origin: Origin = Origin.BOT
    urgent: bool = False
    case: CaseId | None = None
    answers: int | None = None


@dataclass(frozen=True)
class Timer:
    """A row that comes due at ``due_at`` (aware UTC); (kind, person, about) is unique, newest wins."""

    kind: str
    person: PersonId
    due_at: datetime
    about: str = ""
