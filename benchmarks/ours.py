"""Our side: training as `harbour train` does it, and the service with its engine, beside a local Telegram."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.examples import ROOT
from benchmarks.load import FIRST_PERSON, HELLO
from benchmarks.processes import Running, bare_environment, free_port
from benchmarks.telegram import TOKEN, LocalTelegram
from bot.words import Words

GROUP = -1001000000001
START_SECONDS = 120.0
SERVICE = ("-m", "bot", "run")


ENGINE_DOWN = ("utter_engine_down",)
NOTICE = ("utter_notice", "utter_choose_language")


def local_telegram() -> LocalTelegram:
    """Return a local Telegram that knows the notice and the excuse for a missing engine from an answer."""
    return LocalTelegram(_texts(ENGINE_DOWN), _texts(NOTICE))


def _texts(names: Iterable[str]) -> frozenset[str]:
    words = Words.load(ROOT)
    return frozenset(words.say(name, tag).text for name in names for tag, _ in words.languages())


class Ours:
    """One installation of Harbour in a folder of its own."""

    def __init__(self, folder: Path, project: Path) -> None:
        self._folder = folder
        self._project = project
        folder.mkdir()

    async def train(self) -> float:
        """Train and promote a release; returns the seconds the command took."""
        words = ("-m", "benchmarks.train_ours", str(self._project), str(self._folder / "data" / "models"))
        return await (await self._start(words, "train")).finish("harbour train")

    async def prepare(self) -> None:
        """Make the key file."""
        await (await self._start(("-m", "bot", "keys", "create"), "keys")).finish("harbour keys create")

    async def cold_start(self, telegram: LocalTelegram, person: int) -> float:
        """Return the seconds from starting `harbour run` until a message that waited is answered.

        ``person`` is somebody new each time: what an earlier start had left to say to another is no answer.
        """
        answered = asyncio.create_task(telegram.say(person, HELLO))
        await asyncio.sleep(0)
        async with self.running(telegram) as service:
            await _answer(answered, telegram, service)
            return time.perf_counter() - service.began

    @asynccontextmanager
    async def running(self, telegram: LocalTelegram) -> AsyncIterator[Running]:
        """Run the service for a block."""
        service = await self._start(SERVICE, "run", telegram.url)
        try:
            yield service
        finally:
            await service.stop()

    async def _start(self, words: tuple[str, ...], log: str, api: str = "") -> Running:
        settings = {
            "HARBOUR_TELEGRAM_TOKEN": TOKEN,
            "HARBOUR_TELEGRAM_API": api or "http://127.0.0.1:9",
            "HARBOUR_ADVOCATES_GROUP": str(GROUP),
            "HARBOUR_DATA_DIR": str(self._folder / "data"),
            "HARBOUR_KEY_FILE": str(self._folder / "harbour.key"),
            # Telegram's limits would be all that a load measures.
            "HARBOUR_PACE": "off",
            "HARBOUR_HTTP": f"127.0.0.1:{free_port()}",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep),
        }
        return await Running.start(
            [sys.executable, *words],
            cwd=self._folder,
            environment=bare_environment(self._folder, settings),
            log=self._folder / f"{log}.log",
        )


async def first_answer(telegram: LocalTelegram, service: Running) -> None:
    """Wait until a service that was just started answers."""
    await _answer(asyncio.create_task(telegram.say(FIRST_PERSON, HELLO)), telegram, service)


async def _answer(answered: asyncio.Task[float], telegram: LocalTelegram, service: Running) -> None:
    """Wait for an answer of a service that may fail to start, or start without its engine."""
    deadline = time.perf_counter() + START_SECONDS
    while not (await asyncio.wait([answered], timeout=0.5))[0]:
        service.check("harbour run")
        if time.perf_counter() > deadline:
            raise service.failure("harbour run")
    if telegram.not_answered:
        raise service.failure("The engine")
