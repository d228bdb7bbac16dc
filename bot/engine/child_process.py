"""The parent's end of one child process: start it, ask it, end it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

from bot.engine import pipes
from bot.engine.environment import clean_environment
from bot.errors import EngineDown, HarbourError, ModelUnfit

_GONE = "The engine's process has ended."


class ChildProcess:
    """One running child. Answers come in any order and find their question by its number."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self.gone = asyncio.Event()
        self._here: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[0] = self._here
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, root: Path, seconds: float) -> ChildProcess:
        """Start a child in the project's folder and wait until it has loaded Rasa.

        Raises:
            EngineDown: If it ends or says nothing within ``seconds``.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.engine.child",
            cwd=root,
            env=clean_environment(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        child = cls(process)
        try:
            async with asyncio.timeout(seconds):
                await child._here
        except (TimeoutError, asyncio.CancelledError, EngineDown) as problem:
            await child.end()
            if isinstance(problem, TimeoutError):
                raise EngineDown(
                    "The engine did not start in time.", remedy="Run `harbour doctor`."
                ) from None
            raise
        return child

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Ask and wait for the answer, however long; bound the wait outside.

        Raises:
            EngineDown: If the child is gone or failed at this request.
            ModelUnfit: If a model could not be loaded.
        """
        return await self.send(op, **fields)

    def send(self, op: str, **fields: Any) -> asyncio.Future[dict[str, Any]]:
        """Ask; the answer, or why there is none, comes in the future.

        Raises:
            EngineDown: If the child is gone.
        """
        if self.gone.is_set() or self._process.stdin is None:
            raise EngineDown(_GONE)
        number = next(self._numbers)
        answer = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        answer.add_done_callback(lambda _: self._waiting.pop(number, None))
        self._process.stdin.write(pipes.encode({"id": number, "op": op, **fields}))
        return answer

    def kill(self) -> None:
        """End the child at once; ``gone`` follows."""
        if self._process.returncode is None:
            # Not Process.kill(): that may collect a child that has just ended before asyncio does.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def end(self) -> None:
        """End the child and wait until it is gone."""
        self.kill()
        await self.gone.wait()

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while (answer := await pipes.read(self._process.stdout)) is not None:
                self._deliver(answer)
        except pipes.BrokenPipeline:
            self.kill()
        finally:
            self.kill()
            await self._process.wait()
            self.gone.set()
            for waiting in list(self._waiting.values()):
                if not waiting.done():
                    waiting.set_exception(EngineDown(_GONE))
                    waiting.exception()  # Seen here, so that an answer nobody waits for is no warning.

    def _deliver(self, answer: dict[str, Any]) -> None:
        waiting = self._waiting.get(answer.get("id", -1))
        if waiting is None or waiting.done():
            return
        if "ok" in answer:
            waiting.set_result(answer["ok"])
        else:
            waiting.set_exception(_error(answer))
            waiting.exception()


def _error(answer: dict[str, Any]) -> HarbourError:
    kind, what, remedy = answer.get("error"), answer.get("what"), answer.get("remedy", "")
    if kind == "ModelUnfit":
        return ModelUnfit(what or "The model does not load.", remedy=remedy)
    return EngineDown(what or f"The engine failed ({kind} at {answer.get('where', '?')}).", remedy=remedy)
