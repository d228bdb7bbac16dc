"""What a row looks like on the wire: its text in parts, its keyboard, its topic's colour."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ForumIconColor

from bot.gateway.content import clean
from bot.gateway.defang import defang
from bot.messages import Button, Handle, Say, ShowCard
from bot.outbox.ports import Row

MOST_CODE_POINTS = 4096
"""Telegram counts code points of the text, not UTF-16 units."""

SHORT_LABEL = 10
SHORT_IN_A_ROW = 3
MOST_TOPIC_NAME = 128


def parts_of(row: Row, merged: Sequence[Row] = ()) -> list[str]:
    """Return the texts to send for a row and what merged into it, none too long for Telegram."""
    whole = "\n".join(_text(each) for each in (row, *merged))
    pieces = split(shown(whole, in_group=row.is_group))
    # Telegram refuses a piece of blanks, and then the rest would not leave either.
    return [piece for piece in pieces if piece.strip()] or pieces[:1]


def shown(text: str, *, in_group: bool) -> str:
    """Return text as it may leave; a group gets nothing that can be tapped by mistake."""
    return defang(clean(text)) if in_group else clean(text)


def split(text: str) -> list[str]:
    """Cut a text into pieces of at most 4096 code points, at a line's end if there is one."""
    pieces: list[str] = []
    while len(text) > MOST_CODE_POINTS:
        at = _cut(text)
        pieces.append(text[:at])
        text = text[at:].lstrip("\n")
    return [*pieces, text] if text or not pieces else pieces


def keyboard(buttons: Sequence[Button], handles: Sequence[Handle]) -> InlineKeyboardMarkup | None:
    """Return the keyboard of a message: one button a row, short ones side by side."""
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for button, handle in zip(buttons, handles, strict=True):
        made = InlineKeyboardButton(button.label, callback_data=handle)
        if len(button.label) <= SHORT_LABEL and room:
            rows[-1].append(made)
            room -= 1
        else:
            rows.append([made])
            room = SHORT_IN_A_ROW - 1 if len(button.label) <= SHORT_LABEL else 0
    return InlineKeyboardMarkup(rows) if rows else None


def topic_name(name: str) -> str:
    """Return a topic's name as Telegram takes it."""
    return clean(name)[:MOST_TOPIC_NAME]


def icon_colour(*, urgent: bool) -> int:
    """Return the colour of a new topic: red for urgent, yellow otherwise."""
    return int(ForumIconColor.RED if urgent else ForumIconColor.YELLOW)


def _text(row: Row) -> str:
    return row.body.text if isinstance(row.body, Say | ShowCard) else ""


def _cut(text: str) -> int:
    """Return where to cut: behind the last line or word in the second half, else at the limit."""
    for mark in ("\n", " "):
        at = text.rfind(mark, MOST_CODE_POINTS // 2, MOST_CODE_POINTS)
        if at > 0:
            return at + 1
    return MOST_CODE_POINTS
