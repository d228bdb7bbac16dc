"""Real processes of ours: started, watched, killed, and looked at from outside."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "OMP_NUM_THREADS")


def free_port() -> int:
    """Return a TCP port nobody listens on now."""
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return int(plug.getsockname()[1])


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return a bare environment with these names, so that nothing of the caller's shell gets in."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", **more}


COMMAND_SECONDS = 60.0


async def command(words: Sequence[str], more: Mapping[str, str], cwd: Path = ROOT) -> tuple[int, str]:
    """Run ``python -m bot …`` to its end; returns its status and everything it said.

    Raises:
        TimeoutError: If it has not ended after a minute; it is killed then.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=cwd,
        env=environment(more),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said.decode(errors="replace")


class Running:
    """One process of ours, with its log."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self.log = log
        self.began = time.monotonic()
        self.pid = process.pid

    @classmethod
    async def start(
        cls, module: str, words: Sequence[str], more: Mapping[str, str], log: Path, cwd: Path = ROOT
    ) -> Running:
        """Start ``python -m module words`` and append what it says to ``log``."""
        with log.open("ab") as lines:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                *words,
                cwd=cwd,
                env=environment(more),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=lines,
                stderr=lines,
            )
        return cls(process, log)

    @property
    def status(self) -> int | None:
        """Return how it ended (minus the signal's number), or ``None`` while it lives."""
        return self._process.returncode

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still lives."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def ended(self, seconds: float = 30.0) -> int:
        """Wait for its end and return its status; ends it by force if it takes longer."""
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            self.send(signal.SIGKILL)
            return await self._process.wait()

    async def stop(self, seconds: float = 30.0) -> int:
        """Ask it to end (SIGTERM) and return its status."""
        self.send(signal.SIGTERM)
        return await self.ended(seconds)

    def family(self) -> list[int]:
        """Return its process id and those of all it started."""
        return [self.pid, *descendants(self.pid)]


def descendants(pid: int) -> list[int]:
    """Return the ids of every process below one."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found


def lives(pid: int) -> bool:
    """Return whether a process runs (one that ended and waits to be noticed does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def resident_mib(pids: Sequence[int]) -> float:
    """Return the memory these processes hold, in MiB."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
    return total / 1024
