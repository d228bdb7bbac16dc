"""A walk without Telegram: real conversation, relay, words and storage; the engine is told what to hear."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.conversation.places import Places
from bot.errors import EngineDown
from bot.joined import join_walk, load_places
from bot.messages import (
    Act,
    Answer,
    ChatId,
    Content,
    Conversation,
    Effect,
    FromGroup,
    FromPrivate,
    Handle,
    InboxItem,
    Incoming,
    Language,
    OpenTopic,
    Pressed,
    Reply,
    Say,
    Sender,
    ShowCard,
    Started,
    ToPerson,
    ToTopic,
    Turn,
    Understanding,
    Wrote,
)
from bot.outbox.ports import End, Result, Row
from bot.relay.invites import new_token, token_hash
from bot.storage.stores import Stores
from bot.words import Words

ROOT = Path(__file__).resolve().parent.parent.parent
GROUP = ChatId(-1001)
ADA, BEN, STRANGER = ChatId(2001), ChatId(2002), ChatId(2999)
PERSON, OTHER = ChatId(3001), ChatId(3002)


class ToldEngine:
    """An engine double: what a text means is told beforehand; it counts how often it was asked to answer."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.meanings: dict[str, str] = {}
        self.effects: dict[str, tuple[Effect, ...]] = {
            "talk_to_human": (Effect("open_handoff", {"urgent": "no"}),),
            "immediate_danger": (Effect("open_handoff", {"urgent": "yes"}),),
            "cancel_handoff": (Effect("cancel_handoff"),),
            "change_language": (Effect("ask_language"),),
        }
        self.replies: dict[str, str] = {"immediate_danger": "utter_danger_fixed"}
        self.down = False
        self.confidence = 0.9
        self.times_asked = 0
        self.entities: dict[str, str] = {}

    async def turn(self, turn: Turn) -> Answer:
        """Answer as told."""
        if self.down:
            raise EngineDown("down")
        self.times_asked += 1
        self.entities = dict(turn.entities)
        heard = self._heard(turn.text, turn.intent)
        tongue = replace(turn.tongue, spoken=turn.tongue.chosen or turn.tongue.spoken or heard.language)
        silent = heard.intent in self.effects and heard.intent not in self.replies
        name = self.replies.get(heard.intent, f"utter_{heard.intent}")
        replies: tuple[Reply, ...] = () if silent else (self._words.say(name, tongue.spoken),)
        events = (*turn.events, {"event": "user", "intent": heard.intent})
        return Answer(replies, self.effects.get(heard.intent, ()), events, heard, tongue)

    async def parse(self, text: str, language: Language | None = None) -> Understanding:
        """Understand as told."""
        if self.down:
            raise EngineDown("down")
        return self._heard(text, None)

    def _heard(self, text: str | None, intent: str | None) -> Understanding:
        meant = intent or self.meanings.get(text or "", "rights_general")
        sure = self.confidence
        return Understanding(meant, sure, ((meant, sure),), Language("en"), meant == "immediate_danger")


@dataclass
class Shown:
    """One message a phone shows."""

    text: str
    buttons: tuple[tuple[str, Handle, Act], ...] = ()
    row: Row | None = field(default=None, repr=False)


@functools.cache
def places_of(words: Words) -> Places:
    """Return the project's own map, read once."""
    return load_places(ROOT, words)


class Walking:
    """Both ends of a walk: what people do, and what their phones then show."""

    def __init__(self, stores: Stores, words: Words, clock: Clock) -> None:
        self.stores = stores
        self.words = words
        self.clock = clock
        self.engine = ToldEngine(words)
        self.person: dict[ChatId, list[Shown]] = {}
        self.topics: dict[int, list[Shown]] = {}
        self.cards: dict[int, Shown] = {}
        self.toasts: list[tuple[str, bool]] = []
        self.ends: dict[str, Result] = {}
        self._numbers = itertools.count(1)
        self.restarts()

    def restarts(self) -> None:
        """Join every room anew over the same rows, as a restarted service does."""
        self.walk, self.handoff = join_walk(
            self.stores.walk,
            self.engine,
            self.words,
            self.clock,
            places_of(self.words),
            group=GROUP,
            advocates_language=Language("en"),
            answer_press=self.toast,
        )

    async def toast(self, query: str, text: str = "", *, alert: bool = False) -> None:
        """Keep what answers a press in the group."""
        self.toasts.append((text, alert))

    async def arrives(self, incoming: Incoming) -> None:
        """Take one update to its end and deliver what waits."""
        await self.walk(InboxItem(None, "lane", 1, incoming))
        await self.deliver()

    async def does(self, content: Content, who: ChatId = PERSON, hint: str | None = "en") -> None:
        """A young person does something in their private chat."""
        await self.arrives(FromPrivate(Sender(who, language_hint=hint), content))

    async def writes(self, text: str, means: str = "", who: ChatId = PERSON) -> None:
        """A young person writes; ``means`` tells the engine what it is to hear."""
        if means:
            self.engine.meanings[text] = means
        await self.does(Wrote(text, next(self._numbers)), who)

    async def presses(self, label: str, who: ChatId = PERSON) -> None:
        """A young person presses the newest button whose label holds this."""
        handle = self.button(self.person[who], label)
        await self.does(Pressed(handle, "q", 1), who)

    async def in_topic(self, content: Content, who: ChatId = ADA, thread: int | None = None) -> None:
        """A member does something in a topic (the newest one unless said)."""
        chosen = thread if thread is not None else max(self.topics)
        await self.arrives(FromGroup(GROUP, chosen, Sender(who), content))

    async def claims(self, who: ChatId = ADA) -> None:
        """A member presses Claim on the newest card."""
        await self.press_card("Claim", who)

    async def press_card(self, label: str, who: ChatId = ADA) -> None:
        """A member presses a button of the newest topic's card."""
        await self.in_topic(Pressed(self.button([self.cards[max(self.topics)]], label), "q", 1), who)

    async def enrols(self, who: ChatId, alias: str) -> None:
        """An advocate uses an invitation."""
        token = new_token()
        until = self.clock() + timedelta(minutes=30)
        await self.stores.roster.create_invite(alias, "advocate", token_hash(token), until)
        await self.does(Started(token), who)

    async def state(self, who: ChatId = PERSON) -> Conversation:
        """Return the conversation as it rests."""
        return await self.stores.walk.person(who)

    @staticmethod
    def button(shown: list[Shown], label: str) -> Handle:
        """Return the handle of the newest button whose label holds this."""
        for message in reversed(shown):
            for text, handle, _ in message.buttons:
                if label in text:
                    return handle
        raise AssertionError(f"no button {label}")

    async def deliver(self) -> None:
        """Send everything that waits, as Telegram would take it."""
        while rows := await self.stores.outbox.next_rows(self.clock(), limit=50):
            for row in rows:
                await self.stores.outbox.mark_sending([row.id], "test")
                result = self.ends.pop(type(row.body).__name__, None) or Result(
                    End.SENT, next(self._numbers) + 100
                )
                await self.stores.outbox.settle([row.id], result, [], retry_at=None)
                if result.end is End.SENT:
                    self._show(row, result.message or 0)

    def _show(self, row: Row, message: int) -> None:
        body = row.body
        if isinstance(body, OpenTopic):
            self.topics[message] = []
            return
        if not isinstance(body, Say | ShowCard):
            return
        buttons = tuple(
            (button.label, handle, button.act)
            for button, handle in zip(body.buttons, row.handles, strict=True)
        )
        shown = Shown(body.text, buttons, row)
        if isinstance(row.to, ToPerson):
            self.person.setdefault(row.chat, []).append(shown)
        elif isinstance(row.to, ToTopic):
            assert row.thread is not None
            if isinstance(body, ShowCard):
                self.cards[row.thread] = shown
            else:
                self.topics[row.thread].append(shown)
        else:
            self.person.setdefault(row.chat, []).append(shown)

    def texts(self, who: ChatId = PERSON) -> list[str]:
        """Return what a person's phone shows, oldest first."""
        return [shown.text for shown in self.person.get(who, [])]

    def topic_texts(self, thread: int | None = None) -> list[str]:
        """Return what a topic shows beside its card."""
        return [shown.text for shown in self.topics[thread if thread is not None else max(self.topics)]]

    def says(self, name: str, **values: str) -> str:
        """Return a response's English text."""
        return self.words.say(name, None, **values).text


class Clock:
    """A clock that only tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)
