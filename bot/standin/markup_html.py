"""Telegram's HTML, with Telegram's complaints.

Source: tdlib `MessageEntity.cpp`, parse_html; Bot API, "HTML style".
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from bot.standin.entities import Styled, units
from bot.standin.problems import JSON, ApiError, bad_request

SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre",
}  # fmt: skip
TAGS = frozenset({*SIMPLE, "span", "a", "tg-emoji", "blockquote"})
_TAG = re.compile(r"<(/?)([^\s>/]*)([^>]*)(>?)")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_NAMED = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    byte: int


def _fail(words: str) -> ApiError:
    return bad_request(f"can't parse entities: {words}")


def parse(source: str) -> Styled:
    """Return the text and entities of an HTML message.

    Raises:
        ApiError: 400 with the byte offset of what is wrong.
    """
    text = ""
    open_tags: list[_Open] = []
    entities: list[JSON] = []
    at = 0
    while at < len(source):
        if source[at] != "<":
            end = source.find("<", at)
            end = len(source) if end < 0 else end
            text += _NAMED.sub(lambda match: html.unescape(match.group()), source[at:end])
            at = end
            continue
        byte = len(source[:at].encode())
        match = _TAG.match(source, at)
        if match is None or not match.group(4):
            kind = "end" if source.startswith("</", at) else "start"
            raise _fail(f"Unclosed {kind} tag at byte offset {byte}")
        if match.group(1):
            entity = _close(open_tags, match.group(2).lower(), units(text), byte)
            entities.extend([entity] if entity is not None else [])
        else:
            open_tags.append(_start(match.group(2).lower(), match.group(3), units(text), byte))
        at = match.end()
    if open_tags:
        raise _fail(f'Can\'t find end tag corresponding to start tag "{open_tags[-1].tag}"')
    return Styled(text, tuple(sorted(entities, key=lambda one: (one["offset"], -one["length"]))))


def _start(tag: str, rest: str, offset: int, byte: int) -> _Open:
    if tag not in TAGS:
        raise _fail(f'Unsupported start tag "{tag}" at byte offset {byte}')
    attributes = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(rest)}
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _fail(f'Tag "span" must have class "tg-spoiler" at byte offset {byte}')
    return _Open(tag, attributes, offset, byte)


def _close(open_tags: list[_Open], tag: str, offset: int, byte: int) -> JSON | None:
    if not open_tags:
        raise _fail(f"Unexpected end tag at byte offset {byte}")
    last = open_tags.pop()
    if tag and tag != last.tag:
        raise _fail(f'Unmatched end tag at byte offset {byte}, expected "</{last.tag}>", found "</{tag}>"')
    if offset == last.offset:
        return None
    made = _entity(last, open_tags)
    return {**made, "offset": last.offset, "length": offset - last.offset} if made is not None else None


def _entity(tag: _Open, around: list[_Open]) -> JSON | None:
    """Return what a closed tag makes of its text; None when it says nothing."""
    if tag.tag == "a":
        url = tag.attributes.get("href", "")
        return {"type": "text_link", "url": url} if re.match(r"(https?|tg|mailto|tel):", url) else None
    if tag.tag == "span":
        return {"type": "spoiler"}
    if tag.tag == "tg-emoji":
        if not tag.attributes.get("emoji-id", "").isdigit():
            raise _fail("Invalid custom emoji identifier specified")
        return {"type": "custom_emoji", "custom_emoji_id": tag.attributes["emoji-id"]}
    if tag.tag == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in tag.attributes else "blockquote"}
    if tag.tag == "code" and around and around[-1].tag == "pre":
        around[-1].attributes["language"] = tag.attributes.get("class", "").removeprefix("language-")
        return None
    if tag.tag == "pre" and tag.attributes.get("language"):
        return {"type": "pre", "language": tag.attributes["language"]}
    return {"type": SIMPLE[tag.tag]}
