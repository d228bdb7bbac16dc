"""Raw updates as Telegram writes them, built from the few fields that matter."""

from __future__ import annotations

import itertools
from typing import Any

BOT = 1000001
GROUP = -1001000000001
PERSON = 3001
ADA = 2001
_numbers = itertools.count(7000)

Raw = dict[str, Any]


def user(number: int = PERSON, **more: Any) -> Raw:
    """A user."""
    return {"id": number, "is_bot": False, "first_name": "A", "language_code": "vi", **more}


def private(number: int = PERSON) -> Raw:
    """A private chat."""
    return {"id": number, "type": "private", "first_name": "A"}


def group(number: int = GROUP) -> Raw:
    """The advocates' group."""
    return {"id": number, "type": "supergroup", "title": "Advocates", "is_forum": True}


def update(**kinds: Any) -> Raw:
    """An update with a number of its own."""
    return {"update_id": next(_numbers), **kinds}


def message(**fields: Any) -> Raw:
    """A message in a private chat."""
    return {"message_id": 11, "date": 1772619630, "chat": private(), "from": user(), **fields}


def topic_message(thread: int = 7, sender: int = ADA, **fields: Any) -> Raw:
    """A message in a topic of the group."""
    placed = {"message_id": 12, "date": 1772619630, "chat": group(), "from": user(sender)}
    return {**placed, "message_thread_id": thread, "is_topic_message": True, **fields}


def press(data: Any = "handle", **fields: Any) -> Raw:
    """A button press in a private chat."""
    asked = message(**{"from": user(BOT, is_bot=True), "text": "?"})
    query = {"id": "77", "from": user(), "chat_instance": "1", "message": asked, "data": data}
    return update(callback_query={**query, **fields})


def standing(status: str, *, chat: Raw | None = None, who: int = BOT, **rights: Any) -> Raw:
    """A change of somebody's membership, as ``my_chat_member`` and ``chat_member`` carry it."""
    of = {"user": user(who, is_bot=who == BOT)}
    new = {**of, "status": status, **_RIGHTS.get(status, {}), **rights}
    old = {**of, "status": "member"}
    return {
        "chat": chat or private(),
        "from": user(),
        "date": 1772619630,
        "old_chat_member": old,
        "new_chat_member": new,
    }


_ADMIN = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip
_MAY = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages",
    "can_manage_topics", "can_edit_tag", "can_react_to_messages",
)  # fmt: skip
_RIGHTS: dict[str, Raw] = {
    "administrator": dict.fromkeys(_ADMIN, False),
    "kicked": {"until_date": 0},
    "restricted": {**dict.fromkeys(_MAY, False), "is_member": True, "until_date": 0},
    "creator": {"is_anonymous": False},
}
