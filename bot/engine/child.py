"""The child process: `python -m bot.engine.child`, in the project's folder.

Requests come on standard input, answers leave on what was standard output; see `pipes`. Each request has an
``id`` and an ``op`` (ping, parse, turn, load); its answer has the same id and ``ok`` or ``error``. An error
names its kind and place only: its message might hold what a person wrote.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.engine import pipes, wire
from bot.engine.deferred import defer
from bot.engine.hardening import limit, refuse_egress
from bot.engine.quiet import silence, take_stdout
from bot.errors import HarbourError

if TYPE_CHECKING:
    from bot.engine.brain import Brain


class Server:
    """Answers requests, each in a task of its own."""

    def __init__(self, brain: Brain, out: asyncio.WriteTransport) -> None:
        self._brain = brain
        self._out = out
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, requests: asyncio.StreamReader) -> None:
        """Answer until the parent closes the pipe."""
        self._out.write(pipes.encode({"id": 0, "ok": {}}))
        while (request := await pipes.read(requests)) is not None:
            task = asyncio.create_task(self._answer(request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: Mapping[str, Any]) -> None:
        number = request.get("id")
        try:
            frame = pipes.encode({"id": number, "ok": await self._do(request)})
        except HarbourError as problem:
            kind = type(problem).__name__
            frame = pipes.encode(
                {"id": number, "error": kind, "what": problem.what, "remedy": problem.remedy}
            )
        except Exception as problem:
            frame = pipes.encode({"id": number, "error": type(problem).__name__, "where": _place(problem)})
        self._out.write(frame)

    async def _do(self, request: Mapping[str, Any]) -> dict[str, Any]:
        match request["op"]:
            case "turn":
                return wire.answer_out(await self._brain.turn(wire.turn_in(request["turn"])))
            case "parse":
                understood = await self._brain.parse(request["text"], request["language"])
                return wire.understanding_out(understood)
            case "load":
                await self._brain.load(Path(request["archive"]))
                return {}
            case "ping":
                return {}
            case unknown:
                raise HarbourError(f"The engine knows no {unknown}.")


def _place(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


async def run(out: int) -> None:
    """Load Rasa, say that we are here, and serve."""
    from bot.engine.brain import Brain
    from bot.engine.local_actions import trust_own_actions

    trust_own_actions()
    loop = asyncio.get_running_loop()
    requests = asyncio.StreamReader(limit=pipes.LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(requests), os.fdopen(0, "rb"))
    transport, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(out, "wb"))
    await Server(Brain(), transport).serve(requests)


def main() -> int:
    """Give up what is not needed, then serve."""
    out = take_stdout()
    # Ctrl-C reaches every process of the terminal; the parent alone decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.insert(0, str(Path.cwd()))
    limit()
    silence()
    refuse_egress()
    defer()
    import uvloop

    uvloop.run(run(out))
    return 0


if __name__ == "__main__":
    code = main()
    # Threads that still parse must not keep a child alive whose parent has gone.
    os._exit(code)
