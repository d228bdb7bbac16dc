"""`harbour talk`: a conversation without Telegram, over the same conversation, engine and storage."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.commands.engine import engine_of
from bot.conversation.places import Places
from bot.conversation.ports import Engine
from bot.errors import EngineDown
from bot.joined import join_walk, load_places
from bot.messages import (
    Answer,
    ChatId,
    Content,
    Conversation,
    FromPrivate,
    InboxItem,
    Language,
    Pressed,
    Say,
    Sender,
    SharedPlace,
    ToPerson,
    Turn,
    Understanding,
    Wrote,
)
from bot.outbox.ports import End, Result, Row
from bot.settings import Settings
from bot.storage.keys import create_key_file
from bot.storage.stores import Stores, open_stores
from bot.words import Words

ME, GROUP = ChatId(1), ChatId(-1)


class Remembering:
    """An engine that remembers what it understood last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.last: Understanding | None = None

    async def turn(self, turn: Turn) -> Answer:
        """Answer, and remember."""
        answer = await self._engine.turn(turn)
        self.last = answer.understanding
        return answer

    async def parse(self, text: str, language: Language | None = None) -> Understanding:
        """Understand, and remember."""
        self.last = await self._engine.parse(text, language)
        return self.last


class Talk:
    """One person's conversation; everything it keeps lies in a folder that is thrown away."""

    def __init__(
        self, stores: Stores, engine: Engine, words: Words, places: Places, hint: str | None
    ) -> None:
        self._stores = stores
        self._engine = Remembering(engine)
        self._hint = hint
        self._walk, _ = join_walk(
            stores.walk,
            self._engine,
            words,
            _now,
            places,
            group=GROUP,
            advocates_language=Language("en"),
            answer_press=_no_press,
        )

    async def turn(self, content: Content) -> dict[str, Any]:
        """Take one message to its end and return what the person sees, as `--jsonl` prints it."""
        self._engine.last = None
        sender = Sender(ME, language_hint=self._hint)
        await self._walk(InboxItem(None, "talk", 1, FromPrivate(sender, content)))
        replies = [reply async for reply in self._shown()]
        conversation = await self._stores.walk.person(ME)
        return {
            "replies": replies,
            "holder": conversation.holder.value,
            "intent": self._engine.last.intent if self._engine.last else None,
            "language": _language(conversation, self._engine.last),
        }

    async def _shown(self) -> Any:
        """Deliver whatever waits, as if Telegram had taken it, and yield what is for the person."""
        number = 1
        while rows := await self._stores.outbox.next_rows(_now(), limit=50):
            for row in rows:
                await self._stores.outbox.mark_sending([row.id], "talk")
                result = Result(End.SENT, message=number)
                await self._stores.outbox.settle([row.id], result, [], retry_at=None)
                number += 1
                if isinstance(row.to, ToPerson) and isinstance(row.body, Say):
                    yield _reply(row, row.body)


def _reply(row: Row, body: Say) -> dict[str, Any]:
    buttons = [
        {"label": button.label, "id": handle}
        for button, handle in zip(body.buttons, row.handles, strict=True)
    ]
    return {"text": body.text, "buttons": buttons, "places": []}


def _language(conversation: Conversation, heard: Understanding | None) -> str | None:
    return conversation.tongue.spoken or (heard.language if heard else None)


def _now() -> datetime:
    return datetime.now(UTC)


async def _no_press(query: str, text: str = "", *, alert: bool = False) -> None:
    """There is no group in the terminal whose presses could be answered."""


def talk(settings: Settings, *, jsonl: bool, hint: str | None) -> int:
    """Talk until standard input ends; return 2 if a JSON line could not be read, else 0."""
    return asyncio.run(_with_rooms(settings, _jsonl if jsonl else _by_hand, hint))


async def _with_rooms(settings: Settings, say: Callable[[Talk], Awaitable[int]], hint: str | None) -> int:
    engine = await engine_of(settings)
    with tempfile.TemporaryDirectory(prefix="harbour-talk-") as folder:
        ring = create_key_file(Path(folder) / "key")
        stores = open_stores(
            replace(settings, database_url=f"sqlite:///{folder}/talk.db", groups=(GROUP,)), ring
        )
        try:
            await stores.database.upgrade()
            words = Words.load(settings.root)
            return await say(Talk(stores, engine, words, load_places(settings.root, words), hint))
        finally:
            await stores.database.close()
            await engine.stop()


async def _jsonl(talk: Talk) -> int:
    number = wrong = 0
    while line := await asyncio.to_thread(sys.stdin.readline):
        number += 1
        if not line.strip():
            continue
        try:
            content = read_line(line)
        except ValueError:
            wrong = 2
            expected = '{"text": "…"}, {"button": "<id>"} or {"location": {"lat": 0, "lon": 0}}'
            answer: dict[str, Any] = {"error": f"line {number} is none of {expected}"}
            sys.stderr.write(f"harbour talk: {answer['error']}\n")
        else:
            answer = await _answer(talk, content)
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return wrong


async def _answer(talk: Talk, content: Content) -> dict[str, Any]:
    try:
        return await talk.turn(content)
    except EngineDown:
        return {"error": "the engine gave no answer in time"}


def read_line(line: str) -> Content:
    """Return what one line of `--jsonl` says. Raises ValueError if it says nothing we know."""
    said = json.loads(line)
    match said:
        case {"text": str(text)}:
            return Wrote(text)
        case {"button": str(handle)}:
            return Pressed(handle)
        case {"location": {"lat": float() | int() as lat, "lon": float() | int() as lon}}:
            return SharedPlace(float(lat), float(lon))
        case _:
            raise ValueError


async def _by_hand(talk: Talk) -> int:
    sys.stderr.write("Write, or type a button's number. Ctrl-D ends it; nothing is kept.\n")
    buttons: list[str] = []
    while line := await asyncio.to_thread(_prompt):
        text = line.strip()
        chosen = int(text) - 1 if text.isdigit() and 0 < int(text) <= len(buttons) else None
        answer = await talk.turn(Wrote(text) if chosen is None else Pressed(buttons[chosen]))
        buttons = _print(answer)
    return 0


def _prompt() -> str:
    sys.stdout.write("> ")
    sys.stdout.flush()
    return sys.stdin.readline()


def _print(answer: dict[str, Any]) -> list[str]:
    ids: list[str] = []
    for reply in answer["replies"]:
        sys.stdout.write(f"\n{reply['text']}\n")
        for button in reply["buttons"]:
            ids.append(button["id"])
            sys.stdout.write(f"  [{len(ids)}] {button['label']}\n")
    sys.stdout.write(f"\n({answer['holder']}, {answer['intent']}, {answer['language']})\n")
    return ids
