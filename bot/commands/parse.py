"""`harbour parse`: JSON Lines in, what the engine understood out, in the same order."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any, TextIO

from bot.commands.engine import engine_of
from bot.conversation.ports import Engine
from bot.errors import EngineDown
from bot.messages import Language, Understanding
from bot.settings import Settings

AT_ONCE = 4
"""Lines understood at the same time; more only wait in the engine."""


def parse_lines(settings: Settings, *, entities: bool = False) -> int:
    """Answer every line of standard input; return 2 if a line could not be read, else 0."""
    return asyncio.run(_parse(settings, sys.stdin, entities))


async def _parse(settings: Settings, lines: TextIO, entities: bool) -> int:
    engine = await engine_of(settings)
    waiting: asyncio.Queue[asyncio.Task[dict[str, Any]] | None] = asyncio.Queue(AT_ONCE)
    printer = asyncio.create_task(_print_in_order(waiting))
    try:
        number = 0
        # Reading in a thread lets a program wait for each answer before it writes its next line.
        while line := await asyncio.to_thread(lines.readline):
            number += 1
            if line.strip():
                await waiting.put(asyncio.create_task(_one(engine, number, line, entities)))
        await waiting.put(None)
        return 2 if await printer else 0
    finally:
        await engine.stop()


async def _print_in_order(waiting: asyncio.Queue[asyncio.Task[dict[str, Any]] | None]) -> int:
    wrong = 0
    while (task := await waiting.get()) is not None:
        wrong += _print(await task)
    return wrong


async def _one(engine: Engine, number: int, line: str, entities: bool) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        text, language = asked["text"], asked.get("language")
        if not isinstance(text, str) or not isinstance(language, str | None):
            raise TypeError
    except (ValueError, TypeError, KeyError):
        return {"error": f'line {number} is not {{"text": "…"}}, with an optional "language"'}
    try:
        heard = await engine.parse(text, Language(language) if language else None)
    except EngineDown:
        return {"error": f"line {number} was not understood in time"}
    told = as_json(heard)
    if entities:
        told["entities"] = [{"entity": name, "value": value} for name, value in heard.entities]
    return told


def as_json(heard: Understanding) -> dict[str, Any]:
    """Return an understanding in the form this command prints."""
    return {
        "intent": heard.intent,
        "confidence": round(heard.confidence, 4),
        "language": heard.language,
        "danger": heard.danger,
        "ranking": [{"name": name, "confidence": round(sure, 4)} for name, sure in heard.ranking],
    }


def _print(answer: dict[str, Any]) -> int:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if "error" in answer:
        sys.stderr.write(f"harbour parse: {answer['error']}\n")
    return int("error" in answer)
