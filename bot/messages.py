"""The frozen values that walk between rooms; none of them is a library's object.

Words a young person wrote are in ``Wrote.text``, ``Say.text`` and ``Conversation.events``:
those fields are never logged, never put into an exception, and are sealed before they rest.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

PersonId = NewType("PersonId", str)
"""Random name of one young person, 22 URL-safe characters; says nothing about them."""

CaseId = NewType("CaseId", str)
"""Random name of one hand-off; its short code is what people read."""

AdvocateId = NewType("AdvocateId", str)
"""Random name of one advocate."""

ChatId = NewType("ChatId", int)
"""Telegram's id of a user, a private chat or a group. Rests only sealed or as a keyed HMAC."""

Handle = NewType("Handle", str)
"""What a button carries to Telegram: 22 random URL-safe characters, meaningless outside our tables."""

Language = NewType("Language", str)
"""BCP 47 tag, such as ``en``, ``vi``, ``ar``."""


class Holder(enum.Enum):
    """Who answers the person's next message."""

    BOT = "bot"
    QUEUED = "queued"
    ADVOCATE = "advocate"


class Reach(enum.Enum):
    """Whether Telegram lets us write to a person."""

    OPEN = "open"
    BLOCKED = "blocked"
    DELETED = "deleted"


# --- what comes in, as the gateway reads it ---------------------------------------------------


@dataclass(frozen=True)
class Sender:
    """Who Telegram says wrote.

    ``disguise`` names whatever makes that claim unfit for authority: ``"anonymous admin"``,
    ``"channel"``, ``"forward"``, ``"via bot"``, ``"bot"``, or ``None`` for a plain user.
    """

    user: ChatId
    disguise: str | None = None
    language_hint: str | None = None


@dataclass(frozen=True)
class Wrote:
    """Text; ``message`` is Telegram's message id. ``edited`` text is never a new turn."""

    text: str = field(repr=False)
    message: int = 0
    reply_to: int | None = None
    reply_to_bot: bool = False
    edited: bool = False


@dataclass(frozen=True)
class Started:
    """``/start`` with its deep-link payload, empty if none."""

    payload: str = field(default="", repr=False)
    message: int = 0


@dataclass(frozen=True)
class Pressed:
    """A button press. ``query`` answers it, once; ``untrusted_handle`` is whatever bytes came."""

    untrusted_handle: str = field(repr=False)
    query: str = ""
    message: int = 0


@dataclass(frozen=True)
class SharedPlace:
    """A location. Used for one answer and forgotten: it is written nowhere."""

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    message: int = 0


@dataclass(frozen=True)
class SentFile:
    """Anything that is not text, by Telegram's field name (``voice``, ``photo`` …); never downloaded.

    ``caption`` are the words under it; they are heard like any others.
    """

    kind: str
    message: int = 0
    caption: str = field(default="", repr=False)


@dataclass(frozen=True)
class TopicEvent:
    """A forum topic was ``created``, ``closed`` or ``reopened``; ``by_bot`` when by ourselves."""

    what: str
    thread: int
    name: str = ""
    by_bot: bool = False


Content = Wrote | Started | Pressed | SharedPlace | SentFile | TopicEvent


@dataclass(frozen=True)
class FromPrivate:
    """Something arrived in a private chat with the bot (a young person, or an advocate)."""

    sender: Sender
    content: Content


@dataclass(frozen=True)
class FromGroup:
    """Something arrived in a group; ``thread`` is ``None`` in General."""

    group: ChatId
    thread: int | None
    sender: Sender
    content: Content


@dataclass(frozen=True)
class ReachChanged:
    """A person blocked the bot or came back."""

    chat: ChatId
    reach: Reach


@dataclass(frozen=True)
class GroupMigrated:
    """A group got another id when it became a supergroup."""

    old: ChatId
    new: ChatId


@dataclass(frozen=True)
class MemberChanged:
    """A user joined or left a group."""

    group: ChatId
    user: ChatId
    present: bool


@dataclass(frozen=True)
class BotStanding:
    """The bot's own place in a group changed; ``admin`` with the rights it needs or not."""

    group: ChatId
    present: bool
    admin: bool


@dataclass(frozen=True)
class TimerDue:
    """One of our own timers came due; it walks the inbox like an update, in its person's order."""

    kind: str
    person: PersonId
    about: str = ""


@dataclass(frozen=True)
class Ignored:
    """An update that means nothing to us; ``reason`` is a fixed word, never content."""

    reason: str


Incoming = (
    FromPrivate | FromGroup | ReachChanged | GroupMigrated | MemberChanged | BotStanding | TimerDue | Ignored
)


@dataclass(frozen=True)
class InboxItem:
    """One stored update on its way: ``id`` is ours (``None`` for the terminal's talk, which has no inbox).

    ``lane`` is the order key, ``attempt`` counts from 1.
    """

    id: int | None
    lane: str
    attempt: int
    incoming: Incoming


# --- what the engine understands and answers --------------------------------------------------


@dataclass(frozen=True)
class Understanding:
    """What a message means: best intent, the ranking, its language, and the danger flag."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    language: Language
    danger: bool
    danger_score: float = 0.0
    """From 0 to 1; the flag is raised from a threshold of the model's own."""
    entities: tuple[tuple[str, str], ...] = ()
    """Name and value of what was said of age, place and day: see `nlu/entity_reader.py`."""


@dataclass(frozen=True)
class Tongue:
    """What is known of a person's language.

    ``chosen`` is their own choice and always wins; ``hint`` is Telegram's ``language_code``;
    ``scores`` are running log scores of earlier messages, ``spoken`` the language now answered in.
    ``unsure`` are the two or three languages it may be when this message leaves it open, ``asked`` those
    they were asked about before: nobody is asked about the same language twice.
    """

    chosen: Language | None = None
    hint: str | None = None
    spoken: Language | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    unsure: tuple[Language, ...] = ()
    asked: frozenset[Language] = frozenset()


@dataclass(frozen=True)
class Act:
    """What a button stands for: ``name`` and plain values.

    For a young person ``intent`` with ``{"intent": "talk_to_human"}`` (and entities), ``language``
    with ``{"language": "vi"}``, ``again`` …; for advocates ``claim``, ``release``, ``resend`` ….
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """A label the person sees, and what it stands for."""

    label: str
    act: Act


@dataclass(frozen=True)
class Reply:
    """One message to the person, already in their language; ``name`` is the response's name."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Effect:
    """What must happen in the world, by name; carried out by ``conversation`` in the transaction.

    Names: ``open_handoff`` (values ``urgent``: "yes"/"no"), ``change_language`` (``language``),
    ``ask_language``, ``cancel_handoff``.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """One question to the engine: either ``text`` or an already-parsed ``intent``."""

    events: tuple[Mapping[str, Any], ...] = field(repr=False)
    tongue: Tongue
    text: str | None = field(default=None, repr=False)
    intent: str | None = None
    entities: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the engine gives back: replies, effects, and the whole bounded event list to keep."""

    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...]
    events: tuple[Mapping[str, Any], ...] = field(repr=False)
    understanding: Understanding
    tongue: Tongue


# --- what we keep -----------------------------------------------------------------------------


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


# --- what goes out ----------------------------------------------------------------------------


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


# --- changes: one transaction carries a tuple of them --------------------------------------------


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
