"""Changes: one transaction carries a tuple of them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.kept import Case, Conversation
from bot.messages.names import AdvocateId, CaseId, ChatId, Handle, PersonId, Reach
from bot.messages.outgoing import Send, Timer


@dataclass(frozen=True)
class SaveConversation:
    """Write the state if its stored version is still ``conversation.version``; else Conflict."""

    conversation: Conversation


@dataclass(frozen=True)
class OpenCase:
    """Add a case; Conflict if the person has an open one."""

    case: Case


@dataclass(frozen=True)
class SaveCase:
    """Write the case if its stored version is still ``case.version``; else Conflict."""

    case: Case


@dataclass(frozen=True)
class UseHandle:
    """Spend a button's handle; Conflict if it is spent already."""

    handle: Handle


@dataclass(frozen=True)
class SetReach:
    person: PersonId
    reach: Reach


@dataclass(frozen=True)
class SetTimer:
    timer: Timer


@dataclass(frozen=True)
class DropTimers:
    """Drop a person's timers of one kind (all of them when ``about`` is ``None``)."""

    person: PersonId
    kind: str
    about: str | None = None


@dataclass(frozen=True)
class Enrol:
    """Spend the invite whose token hashes to ``token_hash`` and enrol this user; Conflict if spent."""

    token_hash: str
    user: ChatId


@dataclass(frozen=True)
class AdoptTopic:
    """The topic of a case turned up though its OpenTopic row ended uncertain: take it, end that row."""

    case: CaseId
    thread: int


@dataclass(frozen=True)
class SetPresence:
    """An enrolled advocate left or rejoined the group."""

    advocate: AdvocateId
    present: bool


@dataclass(frozen=True)
class MoveGroup:
    """Send to ``new`` whatever was for ``old``."""

    old: ChatId
    new: ChatId


@dataclass(frozen=True)
class Resend:
    """Put an uncertain row back in the queue because a human said so; Conflict if it is not uncertain."""

    row: int


@dataclass(frozen=True)
class Alarm:
    """Something an operator must look at. ``what`` is a fixed word, ``about`` an id: never content."""

    what: str
    about: str = ""


Change = (
    SaveConversation
    | OpenCase
    | SaveCase
    | UseHandle
    | SetReach
    | SetTimer
    | DropTimers
    | Enrol
    | AdoptTopic
    | SetPresence
    | MoveGroup
    | Resend
    | Alarm
    | Send
)
