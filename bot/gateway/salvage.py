"""Takes the whole updates out of an answer to getUpdates that is not JSON as a whole.

One broken update must not keep the next hundred from being stored; but an answer that was cut off is only
asked for again.
"""

from __future__ import annotations

import json
import re
from typing import Any

_HEAD = re.compile(r'\s*\{\s*"ok"\s*:\s*true\s*,\s*"result"\s*:\s*\[\s*')
_NEXT = re.compile(r',\s*(?=\{\s*"update_id"\s*:\s*\d)')
_TAIL = re.compile(r"\s*\]\s*\}\s*$")
_NUMBER = re.compile(r'"update_id"\s*:\s*(\d{1,18})\b')
_COMMA = re.compile(r"\s*,\s*")


def salvage(text: str) -> list[Any] | None:
    """Return the batch's updates in order, each broken one as ``{"unreadable": …}``, with its number if any.

    ``None`` if the text is no such answer. A last piece that has no end was cut off on its way and is
    left out.
    """
    head = _HEAD.match(text)
    if head is None:
        return None
    tail = _TAIL.search(text)
    found: list[Any] = []
    at, end = head.end(), tail.start() if tail else len(text)
    while at < end:
        update, stop = _whole(text, at, end)
        if update is None:
            following = _NEXT.search(text, at, end)
            if following is None and tail is None:
                break
            stop = following.start() if following else end
            update = _broken(text[at:stop])
        found.append(update)
        comma = _COMMA.match(text, stop, end)
        at = comma.end() if comma else stop
    # Cut off before the first whole update: an answer that failed, not an empty one.
    return found if found or tail else None


def _whole(text: str, at: int, end: int) -> tuple[Any, int]:
    """Return the update that begins here and where it ends, if a comma or the batch's end follows."""
    try:
        update, stop = json.JSONDecoder().raw_decode(text[:end], at)
    except (ValueError, RecursionError):
        return None, at
    followed = stop == end or _COMMA.match(text, stop, end) is not None
    return (update, stop) if followed else (None, at)


def _broken(piece: str) -> dict[str, Any]:
    number = _NUMBER.search(piece)
    named = {"update_id": int(number.group(1))} if number else {}
    return {**named, "unreadable": piece}
