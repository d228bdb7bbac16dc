"""Ids and tags with meanings of their own, and the two enums everything refers to."""

from __future__ import annotations

import enum
from typing import NewType

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
