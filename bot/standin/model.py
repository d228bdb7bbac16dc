"""What a Telegram consists of here: users, chats, members, topics, messages, files."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.standin.problems import JSON

GENERAL = 1
"""The General topic's number; its messages carry no thread id at all."""

ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
MEMBER_RIGHTS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages",
    "can_manage_topics", "can_edit_tag", "can_react_to_messages",
)  # fmt: skip
PRESENT = frozenset({"creator", "administrator", "member", "restricted"})


@dataclass
class User:
    """A person or a bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False


@dataclass
class Member:
    """Someone's standing in a group."""

    user: int
    status: str
    rights: set[str] = field(default_factory=set)

    @property
    def present(self) -> bool:
        """Whether they are in the group now."""
        return self.status in PRESENT

    @property
    def admin(self) -> bool:
        """Whether they run the group."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether they hold an administrator's right."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


@dataclass
class Topic:
    """A topic of a forum; its number is the message id of the service message that opened it."""

    thread: int
    name: str
    icon_color: int
    creator: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False
    deleted: bool = False


@dataclass
class Message:
    """A message as everyone in the chat has it."""

    chat: int
    id: int
    date: float
    sender: int
    kind: str
    content: JSON
    thread: int | None = None
    topical: bool = False
    reply_to: int | None = None
    buttons: list[list[JSON]] = field(default_factory=list)
    extras: JSON = field(default_factory=dict)
    service: bool = False
    edited_at: float | None = None
    deleted_at: float | None = None
    reactions: dict[int, list[JSON]] = field(default_factory=dict)
    delivered: bool = False
    confirmed: bool = False

    @property
    def words(self) -> str:
        """The text or caption; empty when there is none."""
        return str(self.content.get("text") or self.content.get("caption") or "")


@dataclass
class Chat:
    """A private chat, a group or a supergroup."""

    id: int
    type: str
    title: str = ""
    is_forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    typing: list[JSON] = field(default_factory=list)
    menu_button: JSON = field(default_factory=lambda: {"type": "commands"})
    migrated_to: int | None = None
    last_id: int = 0

    @property
    def private(self) -> bool:
        """Whether this is one person's chat with the bot."""
        return self.type == "private"

    def member(self, user: int) -> Member:
        """Return someone's standing; a stranger is one who has left."""
        return self.members.get(user) or Member(user, "left")

    def living(self, message: int) -> Message | None:
        """Return a message that is still there."""
        found = self.messages.get(message)
        return found if found is not None and found.deleted_at is None else None

    def open_topic(self, thread: int) -> Topic | None:
        """Return a topic that was not deleted."""
        found = self.topics.get(thread)
        return found if found is not None and not found.deleted else None


@dataclass
class StoredFile:
    """A file's bytes, once uploaded; `link_until` is when its download link dies."""

    id: str
    unique_id: str
    kind: str
    name: str
    mime_type: str
    data: bytes
    size: int
    path: str
    link_until: float = 0.0


@dataclass
class Query:
    """A pressed button that waits for its answer."""

    id: str
    user: int
    chat: int
    message: int
    asked_at: float
    answered: bool = False
