"""What comes in, as the gateway reads it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.messages.names import ChatId, PersonId, Reach


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
    accuracy_m: float = 0.0
    """Radius in metres within which the phone says it is; 0 if it says nothing."""


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
