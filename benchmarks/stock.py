"""The stock side: `rasa train`, `rasa run` with REST channel and SQL tracker store, `rasa run actions`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

from benchmarks.load import FIRST_PERSON, HELLO
from benchmarks.processes import BenchmarkFailed, Running, bare_environment

RASA = (sys.executable, "-m", "rasa")
START_SECONDS = 180.0
PROBE_SECONDS = 0.05


class Stock:
    """A served stock project. ``say`` is a message through the REST channel."""

    def __init__(self, folder: Path, *, port: int, actions_port: int) -> None:
        self._folder = folder
        self._port = port
        self._actions_port = actions_port
        self._server: Running | None = None
        self._actions: Running | None = None
        self.unanswered = 0
        limits = httpx.Limits(max_connections=100)
        self._http = httpx.AsyncClient(timeout=120, trust_env=False, limits=limits)

    async def train(self) -> float:
        """Train and return the seconds the command took."""
        command = [*RASA, "train", "--data", "nlu", "stories/topics", "--domain", "stories/domain"]
        return await (await self._start(command)).finish("rasa train")

    async def start(self) -> float:
        """Start the server; return the seconds until its first answer. The action server is up before."""
        if self._actions is None:
            actions = [*RASA, "run", "actions", "--port", str(self._actions_port)]
            self._actions = await self._start(actions, SANIC_HOST="127.0.0.1")
            await self._until(self._actions, f"http://127.0.0.1:{self._actions_port}/health")
        command = [*RASA, "run", "--enable-api", "--credentials", "credentials.yml"]
        command += ["--endpoints", "endpoints.yml", "-i", "127.0.0.1", "--port", str(self._port)]
        self._server = await self._start(command)
        await self._until(self._server, f"http://127.0.0.1:{self._port}/")
        await self.say(FIRST_PERSON, HELLO)
        return time.perf_counter() - self._server.began

    async def stop_server(self) -> None:
        """End the server; the action server stays."""
        if self._server is not None:
            await self._server.stop()

    async def say(self, person: int, text: str) -> float:
        """Return the seconds from sending a message to having its answer."""
        began = time.perf_counter()
        answer = await self._http.post(
            f"http://127.0.0.1:{self._port}/webhooks/rest/webhook",
            json={"sender": str(person), "message": text},
        )
        seconds = time.perf_counter() - began
        self.unanswered += answer.status_code != httpx.codes.OK or not answer.json()
        return seconds

    async def lengthen(self, person: int, messages: int) -> None:
        """Make a conversation as long as if so many messages had been answered, through Rasa's own API."""
        url = f"http://127.0.0.1:{self._port}/conversations/{person}/tracker"
        events = (await self._http.get(url)).json()["events"]
        turn = events[-_turn_length(events) :]
        missing = messages - sum(event["event"] == "user" for event in events)
        answer = await self._http.put(f"{url}/events", json=events + turn * missing)
        answer.raise_for_status()

    def weigh(self) -> tuple[float, float]:
        """Return the memory of the server and of the action server, in MiB."""
        assert self._server is not None
        assert self._actions is not None
        return self._server.weigh(), self._actions.weigh()

    def busy(self) -> float:
        """Return the processor seconds both servers have taken so far."""
        return sum(process.busy() for process in (self._server, self._actions) if process is not None)

    async def __aenter__(self) -> Stock:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, where: TracebackType | None
    ) -> None:
        for process in (self._server, self._actions):
            if process is not None:
                await process.stop()
        await self._http.aclose()

    async def _start(self, command: list[str], **more: str) -> Running:
        log = self._folder / f"{command[-1 if command[3] == 'train' else 4].strip('-')}.log"
        return await Running.start(
            command, cwd=self._folder, environment=bare_environment(self._folder, more), log=log
        )

    async def _until(self, process: Running, url: str) -> None:
        deadline = time.perf_counter() + START_SECONDS
        while time.perf_counter() < deadline:
            process.check("rasa run")
            try:
                if (await self._http.get(url)).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                await asyncio.sleep(PROBE_SECONDS)
        raise BenchmarkFailed(f"Nothing answered at {url} within {START_SECONDS:.0f} s.")


def _turn_length(events: list[dict[str, object]]) -> int:
    """Return how many events the last turn has: from its user message to the end."""
    for count, event in enumerate(reversed(events), 1):
        if event["event"] == "user":
            return count
    raise BenchmarkFailed("The conversation to lengthen is empty.")
