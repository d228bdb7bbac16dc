"""The engine as the rest of the service knows it: ask, and get an answer or `EngineDown` in time.

Keeps one child process running: started, watched, ended when it hangs, started again after a wait that
grows, with the chosen model or, where that does not load, the last one that did.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

from bot.engine import wire
from bot.engine.child_process import ChildProcess
from bot.engine.manifest import verify
from bot.engine.releases import last_good, note_good
from bot.errors import EngineDown, HarbourError, ModelUnfit
from bot.messages import Answer, Language, Turn, Understanding

log = structlog.get_logger()

IN_FLIGHT = 8
"""Requests the child works on at once; more would only wait inside it, where no deadline ends them early."""

PATIENCE = 4
"""After so many deadlines an answer that still has not come is given up, and the child with it."""

FIRST_WAIT, LONGEST_WAIT = 0.2, 30.0
"""Seconds before a child is started again; doubled each time, and small again once one has stood a minute."""


class EngineClient:
    """Fits `conversation.ports.Engine`."""

    def __init__(
        self,
        model: Path,
        root: Path,
        *,
        deadline_seconds: float = 1.5,
        start_grace_seconds: float = 30.0,
        load_seconds: float = 90.0,
        alarm: Callable[[str], None] | None = None,
    ) -> None:
        """Args:
        model: Archive of the release to load.
        root: The project's folder: words and actions are read there.
        deadline_seconds: Longest wait for an answer once the child has the question.
        start_grace_seconds: How long after `start` a question may wait for the first child to be ready;
            no longer than until it is known that this one does not start.
        load_seconds: Longest wait for Rasa to import, and again for a model to load.
        alarm: Told a fixed word when something needs an operator: ``engine-gone``, ``engine-hung``,
            ``engine-does-not-start``, ``model-unfit``.
        """
        self._model = model
        self._root = root
        self._deadline = deadline_seconds
        self._grace = start_grace_seconds
        self._load_seconds = load_seconds
        self._alarm = alarm or (lambda word: None)
        self._child: ChildProcess | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._places = asyncio.Semaphore(IN_FLIGHT)
        self._grace_until = 0.0
        self._first_try_over = asyncio.Event()
        self.ready = asyncio.Event()

    @property
    def healthy(self) -> bool:
        """True while a child with a model answers."""
        return self.ready.is_set()

    @property
    def pid(self) -> int | None:
        """Return the child's process id while one is ready."""
        return self._child.pid if self._child else None

    @property
    def model(self) -> Path:
        """Return the archive in use, or to be used at the next start."""
        return self._model

    async def start(self) -> None:
        """Begin to keep a child running; returns at once, ``ready`` tells when it answers."""
        if self._supervisor is None:
            self._grace_until = asyncio.get_running_loop().time() + self._grace
            self._supervisor = asyncio.create_task(self._supervise(), name="engine-supervisor")

    async def stop(self) -> None:
        """End the child and do not start another."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
            self._supervisor = None

    async def turn(self, turn: Turn) -> Answer:
        """Answer one message. Raises EngineDown within the deadline if it cannot."""
        return wire.answer_in(await self._ask("turn", turn=wire.turn_out(turn)))

    async def parse(self, text: str, language: Language | None = None) -> Understanding:
        """Understand one message without answering. Raises EngineDown likewise."""
        return wire.understanding_in(await self._ask("parse", text=text, language=language))

    async def swap(self, model: Path) -> None:
        """Put another release in place of the present one, without losing a message.

        Raises:
            ModelUnfit: If it is altered or does not load; the present one stays.
            EngineDown: If no child is ready.
        """
        await asyncio.to_thread(verify, model)
        child = self._child
        if child is None:
            raise EngineDown("The engine is not ready to load a model.", remedy="Try again in a minute.")
        await self._load(child, model)
        self._model = model

    async def _ask(self, op: str, **fields: Any) -> dict[str, Any]:
        await self._until_ready()
        async with self._places:
            child = self._child
            if child is None:
                raise EngineDown("The engine is being started again.")
            answer = child.send(op, **fields)
            if not await _within(self._deadline / 2, answer):
                # Slow or hung? A ping in the second half of the deadline tells them apart.
                pong = child.send("ping")
                if not await _within(self._deadline / 2, answer):
                    self._give_up(child, answer, pong)
            return answer.result()

    async def _until_ready(self) -> None:
        if self.ready.is_set():
            return
        if self._first_try_over.is_set() or self._supervisor is None:
            raise EngineDown("The engine is being started again.")
        left = self._grace_until - asyncio.get_running_loop().time()
        if left > 0:
            await _within(left, self._first_try_over.wait())
        if not self.ready.is_set():
            raise EngineDown("The engine has not started yet.")

    def _give_up(
        self,
        child: ChildProcess,
        answer: asyncio.Future[dict[str, Any]],
        pong: asyncio.Future[dict[str, Any]],
    ) -> None:
        """Raise EngineDown for an answer that is late; end a child that stays silent, or stays late.

        A child that a busy machine has slowed down answers the ping soon after the deadline; ending it
        would take seconds of everybody's answers, and the new one would be no faster.
        """

        def unless(sign: asyncio.Future[dict[str, Any]]) -> None:
            if not sign.done() and not answer.done():
                self._end_hung(child)

        loop = asyncio.get_running_loop()
        loop.call_later(self._deadline, unless, pong)
        loop.call_later(self._deadline * PATIENCE, unless, answer)
        raise EngineDown("The engine gave no answer in time.")

    def _end_hung(self, child: ChildProcess) -> None:
        if not child.gone.is_set():
            self._tell("engine-hung")
            child.kill()

    async def _supervise(self) -> None:
        wait = FIRST_WAIT
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await self._live_once()
            wait = FIRST_WAIT if loop.time() - began > 60 else min(2 * wait, LONGEST_WAIT)
            await asyncio.sleep(wait)

    async def _live_once(self) -> None:
        """Start a child, load a model, and stay until the child is gone."""
        child = None
        try:
            child = await ChildProcess.start(self._root, self._load_seconds)
            await self._load_best(child)
            self._child = child
            self.ready.set()
            self._first_try_over.set()
            log.info("engine.ready", model=self._model.name)
            await child.gone.wait()
            self._tell("engine-gone")
        except HarbourError as problem:
            self._tell("engine-does-not-start")
            log.error("engine.does-not-start", kind=type(problem).__name__)
        finally:
            self._child = None
            self.ready.clear()
            self._first_try_over.set()
            if child is not None:
                await child.end()

    async def _load_best(self, child: ChildProcess) -> None:
        """Load the chosen model, or else the last one that loaded.

        Raises:
            ModelUnfit: If neither loads.
            EngineDown: If the child is gone or hangs.
        """
        try:
            return await self._load(child, self._model)
        except ModelUnfit:
            self._tell("model-unfit")
            before = last_good(self._model.parent)
            if before is None or before == self._model:
                raise
            await self._load(child, before)

    async def _load(self, child: ChildProcess, model: Path) -> None:
        answer = child.send("load", archive=str(model))
        if not await _within(self._load_seconds, answer):
            child.kill()
            raise ModelUnfit(
                f"The model {model.name} did not load in time.", remedy="Run `harbour rollback`."
            )
        answer.result()
        await asyncio.to_thread(note_good, model)

    def _tell(self, word: str) -> None:
        log.warning("engine.alarm", word=word)
        self._alarm(word)


async def _within(seconds: float, answer: Awaitable[Any]) -> bool:
    """Wait for an answer that goes on even if we do not; tell whether it came."""
    done, _ = await asyncio.wait([asyncio.ensure_future(answer)], timeout=seconds)
    return bool(done)
