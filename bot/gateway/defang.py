"""Makes links, @mentions, /commands and #tags in somebody's words inert without changing how they read.

Telegram turns such words into something to tap even when a message is sent without any formatting. An
invisible WORD JOINER right behind the character that makes them so keeps every letter where it was.

Source:
    tdlib, td/telegram/MessageEntity.cpp: match_mentions, match_bot_commands, match_hashtags,
    match_cashtags and match_urls end at U+2060, which is no letter and no character of an address.
"""

from __future__ import annotations

import re

JOINER = "\u2060"

_MARKS = re.compile(r"([@#$/\uff20\uff03])(?=[^\s@#$/])")
_SCHEME = re.compile(r":(?=//)")
_DOT = re.compile(r"(?<=\S)([.\u3002\uff0e\uff61])(?=[^\s.\u3002\uff0e\uff61])")
_RUN = re.compile(r"[\d.]+")
_DECIMAL = re.compile(r"\d\.\d")


def defang(text: str) -> str:
    """Return ``text`` with nothing in it that Telegram would make tappable.

    Numbers such as 3.5 or 12.30 stay as they are, so that they can be copied; a dotted address of four
    numbers does not.
    """
    text = _MARKS.sub(rf"\1{JOINER}", text)
    text = _SCHEME.sub(f":{JOINER}", text)
    return _DOT.sub(_after_dot, text)


def _after_dot(match: re.Match[str]) -> str:
    at, text = match.start(), match.string
    if _DECIMAL.match(text, at - 1) and not _in_address(text, at):
        return match.group(1)
    return match.group(1) + JOINER


def _in_address(text: str, at: int) -> bool:
    """Whether the dot at ``at`` stands in a run like 10.0.0.1; looks no further than one is long."""
    run = _RUN.findall(text, max(0, at - 15), at + 16)
    return any(found.count(".") >= 3 for found in run)
