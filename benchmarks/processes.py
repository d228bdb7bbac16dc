"""Processes under measurement: started with a bare environment, weighed, and ended with all they started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR")
LAST_LINES = 15


class BenchmarkFailed(Exception):
    """A side could not be measured; says which step, and the last lines of its log."""


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on now."""
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return int(plug.getsockname()[1])


def bare_environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with nothing of the caller's shell; what goes to HOME stays in ``home``."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    quiet = {"PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3", "TQDM_DISABLE": "1", "PYTHONUTF8": "1"}
    return {**kept, **quiet, "HOME": str(home), "RASA_TELEMETRY_ENABLED": "false", **more}


class Running:
    """One started command and everything below it."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path, began: float) -> None:
        self._process = process
        self._log = log
        self.began = began

    @classmethod
    async def start(
        cls, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path
    ) -> Running:
        """Start a command in a process group of its own; ``began`` is the moment before."""
        with log.open("ab") as out:
            began = time.perf_counter()
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=cwd,
                env=dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        return cls(process, log, began)

    async def finish(self, what: str) -> float:
        """Wait for its end and return the seconds it took. Raises BenchmarkFailed if it failed."""
        if await self._process.wait() != 0:
            raise self.failure(what)
        return time.perf_counter() - self.began

    async def stop(self) -> None:
        """End it, by force after ten seconds, and whatever of its group is left."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(10):
                await self._process.wait()
        except TimeoutError:
            pass
        self._signal(signal.SIGKILL)
        await self._process.wait()

    def check(self, what: str) -> None:
        """Raise BenchmarkFailed if it has ended although it should run."""
        if self._process.returncode is not None:
            raise self.failure(what)

    def failure(self, what: str) -> BenchmarkFailed:
        """Return the error that says what failed, with the end of the log."""
        lines = self._log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:]
        return BenchmarkFailed("\n".join([f"{what} failed; its last words:", *lines]))

    def weigh(self) -> float:
        """Return the memory of the process and all below it, in MiB.

        Proportional set size where the kernel tells it, so that pages two processes share count once.
        """
        return sum(_pss_kib(pid) for pid in family(self._process.pid)) / 1024

    def busy(self) -> float:
        """Return the processor seconds the process and all below it have taken so far."""
        return sum(_cpu_seconds(pid) for pid in family(self._process.pid))

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def family(pid: int) -> Iterator[int]:
    """Give a process and everything below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in task.read_text().split():
                yield from family(int(child))


def _pss_kib(pid: int) -> int:
    for file, name in ((f"/proc/{pid}/smaps_rollup", "Pss:"), (f"/proc/{pid}/status", "VmRSS:")):
        with contextlib.suppress(OSError):
            for line in Path(file).read_text().splitlines():
                if line.startswith(name):
                    return int(line.split()[1])
    return 0


def _cpu_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0
