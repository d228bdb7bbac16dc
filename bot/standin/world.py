"""The world: who is there, what was written where, and the parts that serve it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.standin.clock import Clock
from bot.standin.faults import Faults
from bot.standin.files import Files
from bot.standin.ids import Ids
from bot.standin.ledger import Ledger
from bot.standin.limits import Limits
from bot.standin.model import Chat, Member, Message, Query, User
from bot.standin.polling import Poller
from bot.standin.problems import JSON, ControlError
from bot.standin.queue import UpdateQueue
from bot.standin.records import Records


@dataclass
class Hook:
    """Where updates are pushed; an empty address means that the bot polls."""

    url: str = ""
    secret: str = ""
    connections: int = 40
    last_error_at: float = 0.0
    last_error: str = ""
    gone_since: float | None = None
    failures: int = 0
    held: frozenset[str] = frozenset()
    """Kinds whose lanes wait, so that a test may let another kind overtake them."""


class World:
    """One Telegram with one bot; everything in memory."""

    def __init__(self, token: str, *, clock: Clock | None = None, seed: int = 1) -> None:
        self.token = token
        self.seed = seed
        self.clock = clock or Clock()
        self.happen: Callable[[str, JSON], Any] = _nothing_happens
        self.build()

    def build(self) -> None:
        """Make everything new; the clock runs on."""
        self.ids = Ids(self.seed)
        self.queue = UpdateQueue(self.clock, self.ids)
        self.ledger = Ledger(self.clock)
        self.files = Files(self.clock, self.ids)
        self.faults = Faults()
        self.limits = Limits(self.clock)
        self.records = Records(self.clock)
        self.poller = Poller(self.clock, self.queue)
        self.hook = Hook()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.alerts: list[JSON] = []
        self.profile: dict[str, Any] = {}
        self.started_at = self.clock.now()
        self.logged_out_until = 0.0
        self.refused_token = False
        self._last_private_id = 0
        bot_id = int(self.token.partition(":")[0])
        self.bot = self.add_user(User(bot_id, "Harbour", "harbour_standin_bot", is_bot=True))

    def drop_hook(self) -> None:
        """Go back to polling."""
        self.hook = Hook(held=self.hook.held)
        self.clock.ring()

    def add_user(self, user: User) -> User:
        """Add someone, and their private chat with the bot."""
        self.users[user.id] = user
        if not user.is_bot:
            self.chats[user.id] = Chat(user.id, "private")
        self.clock.ring()
        return user

    def add_group(self, group: Chat, members: list[Member]) -> Chat:
        """Add a group with its members."""
        self.chats[group.id] = group
        group.members = {member.user: member for member in members}
        self.clock.ring()
        return group

    def bot_in(self, chat: Chat) -> Member:
        """Return the bot's standing in a group."""
        return chat.member(self.bot.id)

    def next_message_id(self, chat: Chat) -> int:
        """Return the next message id; private chats and basic groups share one count, as on Telegram."""
        if chat.type == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self._last_private_id += 1
        return self._last_private_id

    def add(self, message: Message) -> Message:
        """Put a message into its chat and onto every phone that shows the chat."""
        self.chats[message.chat].messages[message.id] = message
        self.ledger.show(message, self.audience(message.chat))
        self.clock.ring()
        return message

    def write(self, chat: Chat, sender: int, kind: str, content: JSON, **more: Any) -> Message:
        """Make a new message of now and add it."""
        number = self.next_message_id(chat)
        if more.get("thread") is None:
            more["thread"] = reply_thread(chat, more.get("reply_to"))
        return self.add(Message(chat.id, number, self.clock.now(), sender, kind, content, **more))

    def audience(self, chat_id: int) -> list[int]:
        """Return the people whose phones show this chat."""
        chat = self.chats[chat_id]
        if chat.private:
            return [chat.id]
        return [
            member.user for member in chat.members.values() if member.present and member.user != self.bot.id
        ]

    def edited(self, message: Message) -> None:
        """Say that a message reads differently now."""
        self.ledger.edit(message)
        self.clock.ring()

    def delete(self, message: Message) -> None:
        """Take a message away from everyone."""
        message.deleted_at = self.clock.now()
        chat = self.chats[message.chat]
        chat.pinned = [number for number in chat.pinned if number != message.id]
        self.ledger.delete(message)
        self.clock.ring()


def reply_thread(chat: Chat, reply_to: int | None) -> int | None:
    """Return the thread id of a reply outside topics: the first message of its chain, which is no topic.

    Source: telegram-bot-api `Client.cpp`:4727; levlam in tdlib/telegram-bot-api#447.
    """
    if reply_to is None or chat.type != "supergroup":
        return None
    answered = chat.messages.get(reply_to)
    if answered is None or answered.topical:
        return None
    return answered.thread or answered.id


def _nothing_happens(event: str, body: JSON) -> None:
    raise ControlError(f"nothing here can make {event} happen")
