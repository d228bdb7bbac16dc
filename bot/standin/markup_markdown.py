"""Telegram's MarkdownV2, with Telegram's complaints.

Source: tdlib `MessageEntity.cpp`, parse_markdown_v2; Bot API, "MarkdownV2 style".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.standin.entities import Styled, units
from bot.standin.problems import JSON, ApiError, bad_request

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
NAMES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler", "code": "Code", "pre": "Pre", "text_link": "TextUrl", "blockquote": "BlockQuote",
}  # fmt: skip
MARKS = (
    ("__", "underline"), ("||", "spoiler"), ("*", "bold"), ("_", "italic"), ("~", "strikethrough"),
    ("```", "pre"), ("`", "code"),
)  # fmt: skip


@dataclass
class _Open:
    kind: str
    mark: str
    offset: int
    byte: int


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text = ""
        self.open: list[_Open] = []
        self.entities: list[JSON] = []

    def byte(self) -> int:
        return len(self.source[: self.at].encode())

    def read(self) -> Styled:
        while self.at < len(self.source):
            self._step()
        self._end_quote()
        if self.open:
            last = self.open[-1]
            raise _fail(f"Can't find end of {NAMES[last.kind]} entity at byte offset {last.byte}")
        ordered = sorted(self.entities, key=lambda one: (one["offset"], -one["length"]))
        return Styled(self.text, tuple(ordered))

    def _step(self) -> None:
        char = self.source[self.at]
        if self.at == 0 or self.source[self.at - 1] == "\n":
            if char == ">":
                self._quote()
                return
            self._end_quote()
        following = self.source[self.at + 1 : self.at + 2]
        if char == "\\" and following and ord(following) <= 126:
            self.text += following
            self.at += 2
            return
        if self.open and self.open[-1].kind in {"pre", "code"}:
            self._in_code()
            return
        if char not in RESERVED:
            self.text += char
            self.at += 1
            return
        self._mark(char)

    def _quote(self) -> None:
        """Skip the sign at a line's start; the quote goes on over the lines that have it."""
        if not any(one.kind == "blockquote" for one in self.open):
            self.open.append(_Open("blockquote", ">", units(self.text), self.byte()))
        self.at += 1

    def _end_quote(self) -> None:
        if self.open and self.open[-1].kind == "blockquote":
            last = self.open.pop()
            whole = units(self.text.rstrip("\n")) - last.offset
            self.entities.append({"type": "blockquote", "offset": last.offset, "length": whole})

    def _in_code(self) -> None:
        mark = self.open[-1].mark
        if self.source.startswith(mark, self.at):
            self._close(mark)
        else:
            self.text += self.source[self.at]
            self.at += 1

    def _mark(self, char: str) -> None:
        if char == "]" and self.open and self.open[-1].kind == "text_link":
            self._close_link()
            return
        if char in "[":
            self._begin("text_link", "[")
            return
        marks = [("```", "pre"), *[pair for pair in MARKS if pair[0] != "```"]]
        for mark, kind in marks:
            if self.source.startswith(mark, self.at):
                if self.open and self.open[-1].mark == mark:
                    self._close(mark)
                elif any(one.kind == kind for one in self.open):
                    last = self.open[-1]
                    raise _fail(f"Can't find end of {NAMES[last.kind]} entity at byte offset {last.byte}")
                else:
                    self._begin(kind, mark)
                return
        raise _fail(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def _begin(self, kind: str, mark: str) -> None:
        self.open.append(_Open(kind, mark, units(self.text), self.byte()))
        self.at += len(mark)
        if kind == "pre" and (language := re.match(r"([^\s`]*)\n", self.source[self.at :])):
            self.open[-1].mark = "```"
            self._language = language.group(1)
            self.at += language.end()
        elif kind == "pre":
            self._language = ""

    def _close(self, mark: str) -> None:
        last = self.open.pop()
        self.at += len(mark)
        extra = {"language": self._language} if last.kind == "pre" and self._language else {}
        self._add(last, extra)

    def _close_link(self) -> None:
        last = self.open.pop()
        self.at += 1
        target = re.match(r"\(((?:\\.|[^)\\])*)\)", self.source[self.at :])
        if target is None:
            raise _fail(f"Can't find end of a URL at byte offset {self.byte()}")
        self.at += target.end()
        self._add(last, {"url": re.sub(r"\\(.)", r"\1", target.group(1))})

    def _add(self, last: _Open, extra: JSON) -> None:
        length = units(self.text) - last.offset
        if length:
            self.entities.append({"type": last.kind, "offset": last.offset, "length": length, **extra})


def _fail(words: str) -> ApiError:
    return bad_request(f"can't parse entities: {words}")


def parse(source: str) -> Styled:
    """Return the text and entities of a MarkdownV2 message.

    Raises:
        ApiError: 400 naming the character that should be escaped, or the entity that does not end.
    """
    return _Reader(source).read()
