"""Text as Telegram takes it: trimmed, measured, with entities counted in UTF-16 units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.standin.problems import JSON, bad_request

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_RAW_BYTES = 32 * 1024
KINDS = frozenset({
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic",
    "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre",
    "text_link", "text_mention", "custom_emoji", "date_time",
})  # fmt: skip
_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![/\w])")),
    ("email", re.compile(r"(?<![\w.@])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"\bhttps?://[^\s<>\"]+[^\s<>\".,:;!?)]")),
    ("mention", re.compile(r"(?<![\w/@.])@\w{3,32}\b")),
    ("hashtag", re.compile(r"(?<![\w#&])#\w*[^\W\d]\w*")),
)


@dataclass(frozen=True)
class Styled:
    """A text and its entities."""

    text: str
    entities: tuple[JSON, ...] = ()


def units(text: str) -> int:
    """Return the length in UTF-16 units, in which entities are counted."""
    return len(text.encode("utf-16-le")) // 2


def explicit(text: str, given: Any) -> Styled:
    """Take entities as a bot names them.

    Raises:
        ApiError: 400 when they are not a list of entities.
    """
    if not isinstance(given, list) or any(not isinstance(one, dict) for one in given):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    kept = []
    for one in given:
        if one.get("type") not in KINDS:
            raise bad_request("can't parse MessageEntity: unsupported type of MessageEntity")
        if not isinstance(one.get("offset"), int) or not isinstance(one.get("length"), int):
            raise bad_request("can't parse MessageEntity: offset and length must be integers")
        kept.append(dict(one))
    return Styled(text, tuple(kept))


def found(text: str) -> list[JSON]:
    """Return what Telegram finds by itself: commands, addresses, mentions, hashtags."""
    taken: list[tuple[int, int]] = []
    entities: list[JSON] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other < end for other, other_end in taken):
                continue
            taken.append((start, end))
            offset = units(text[:start])
            entities.append({"type": kind, "offset": offset, "length": units(match.group())})
    return sorted(entities, key=lambda one: (one["offset"], -one["length"]))


def settle(styled: Styled) -> Styled:
    """Trim the text, move the entities along, drop what points outside, and add what is found."""
    text = styled.text.replace("\r", "")
    lead = len(text) - len(text.lstrip())
    trimmed = text.strip()
    shift, length = units(text[:lead]), units(trimmed)
    kept = []
    for one in styled.entities:
        start = max(0, one["offset"] - shift)
        end = min(length, one["offset"] - shift + one["length"])
        if end > start:
            kept.append({**one, "offset": start, "length": end - start})
    spans = [(one["offset"], one["offset"] + one["length"]) for one in kept]
    extra = [one for one in found(trimmed) if not any(_meet(one, span) for span in spans)]
    return Styled(trimmed, tuple(sorted(kept + extra, key=lambda one: (one["offset"], -one["length"]))))


def _meet(one: JSON, span: tuple[int, int]) -> bool:
    return bool(one["offset"] < span[1] and span[0] < one["offset"] + one["length"])


def message_text(styled: Styled) -> Styled:
    """Return a message's text as it will stand.

    Source: tdlib `MessageContent.cpp`:4757 (code points after parsing); `Client.cpp`:11308, 11400.

    Raises:
        ApiError: 400 when it is empty or longer than 4096 code points.
    """
    settled = settle(styled)
    if not settled.text:
        raise bad_request("message text is empty" if not styled.text else "text must be non-empty")
    if len(settled.text) > MOST_TEXT:
        raise bad_request("message is too long")
    return settled


def caption_text(styled: Styled) -> Styled:
    """Return a caption as it will stand; it may be empty.

    Raises:
        ApiError: 400 when it is longer than 1024 code points.
    """
    settled = settle(styled)
    if len(settled.text) > MOST_CAPTION:
        raise bad_request("message caption is too long")
    return settled
