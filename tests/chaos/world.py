"""One world: a stand-in Telegram, our service over an own folder, and its restarts after every death."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.standin import STANDIN_TOKEN
from tests.chaos import rows
from tests.chaos.service import Running, command, descendants, free_port, lives
from tests.chaos.sockets import beyond_loopback
from tests.chaos.telegram import GROUP, Telegram

ADVOCATES = {"Ada": 5_120_774_001, "Ben": 5_120_774_002, "Cleo": 5_120_774_003}
"""Ada and Ben are enrolled; Cleo is a member of the group and nothing more."""

MEMBERS = frozenset({*ADVOCATES.values(), 2001, 2002, 2003})
"""Who reads the group: ours, and those whom the stand-in put there."""

ENROLLED = ("Ada", "Ben")
PEOPLE = {"Pim": (6_230_885_001, "vi"), "Quy": (6_230_885_002, "ar"), "probe": (6_230_885_009, "en")}
START_SECONDS = 60.0


@dataclass(frozen=True)
class Death:
    """One end of the service that nobody asked for, and the way back."""

    status: int
    ambiguous: tuple[rows.SendingRow, ...]
    back_seconds: float | None = None
    orphans: int = 0


@dataclass
class World:
    """Everything of one run; ``folder`` holds what our service leaves on disk."""

    folder: Path
    models: Path
    telegram: Telegram
    standin: Running
    env: dict[str, str]
    service: Running | None = None
    deaths: list[Death] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    _watch: asyncio.Task[None] | None = None
    _next_failpoints: list[str] = field(default_factory=list)

    @classmethod
    async def open(
        cls, folder: Path, models: Path, *, template: Path | None = None, limits: str = "off"
    ) -> World:
        """Start a fresh stand-in with its people; ``template`` is a folder with key and database."""
        folder.mkdir(parents=True)
        if template is not None:
            shutil.copytree(template, folder, dirs_exist_ok=True)
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data" / "models").symlink_to(models.resolve())
        # What the stand-in says is none of our leavings, so its log lies beside the folder.
        log = folder.with_name(folder.name + ".standin.log")
        port, seed = free_port(), str(secrets.randbelow(2**31))
        words = ["--port", str(port), "--seed", seed, "--limits", limits]
        standin = await Running.start("bot.standin", words, {}, log)
        url = f"http://127.0.0.1:{port}"
        await answers(f"{url}/standin/queue", standin)
        world = cls(folder, models, Telegram(url), standin, _settings(folder, url))
        await world._fill()
        return world

    async def _fill(self) -> None:
        for name, number in ADVOCATES.items():
            await self.telegram.do("people", id=number, first_name=name, language_code="en")
            await self.telegram.do("member", chat=GROUP, user=number, action="join")
        for name, (number, language) in PEOPLE.items():
            await self.telegram.do("people", id=number, first_name=name, language_code=language)

    @property
    def http(self) -> str:
        """Return the address of our own pages."""
        return f"http://{self.env['HARBOUR_HTTP']}"

    async def start(self, failpoint: str = "", **more: str) -> Running:
        """Start the service; it need not be ready when this returns."""
        extra = {"HARBOUR_FAILPOINT": failpoint} if failpoint else {}
        log = self.folder / "service.log"
        self.service = await Running.start("bot", ["run"], {**self.env, **more, **extra}, log)
        return self.service

    @property
    def runs(self) -> bool:
        """Whether the service lives, or will again."""
        return self._watch is not None or (self.service is not None and self.service.status is None)

    def keep_alive(self, *failpoints: str) -> None:
        """Start the service, and again after every death; the failpoints are for one start each, in order."""
        self._next_failpoints = list(failpoints)
        self._watch = asyncio.create_task(self._keep_alive())

    async def _keep_alive(self) -> None:
        began = None
        while True:
            plan = self._next_failpoints.pop(0) if self._next_failpoints else ""
            service = await self.start(plan)
            if began is not None:
                self.deaths[-1] = await self._measure_back(self.deaths[-1], service)
            children: list[int] = []
            while service.status is None:
                children = descendants(service.pid) or children
                self.outside |= beyond_loopback(service.family())
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await service.ended(3600)
            began = time.monotonic()
            self.statuses.append(service.status)
            left = rows.sending(self.folder / "data" / "harbour.db")
            orphans = sum([not await _gone(child) for child in children])
            self.deaths.append(Death(service.status, left, orphans=orphans))

    async def _measure_back(self, death: Death, service: Running) -> Death:
        """Return the death with the seconds from the new process's start to its first answer."""
        back = await self.seconds_to_answer(service)
        return Death(death.status, death.ambiguous, back, death.orphans)

    async def seconds_to_answer(self, service: Running) -> float | None:
        """A person who says /start is answered after so many seconds of the process; ``None``: it died."""
        person = PEOPLE["probe"][0]
        # By the stand-in's clock, which no work of ours in between delays.
        clock = (await self.telegram.do("clock", advance=0))["now"] - (time.monotonic() - service.began)
        before = len((await self.telegram.shown()).from_bot(person))
        await self.telegram.do("send", **{"as": person}, text="/start")
        found = await self.telegram.until(
            lambda shown: len(shown.from_bot(person)) > before or service.status is not None
        )
        answers = (await self.telegram.shown()).from_bot(person)[before:]
        return float(answers[0]["shown_at"] - clock) if found and answers else None

    async def ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until a service stands whose engine answers."""
        async with asyncio.timeout(seconds), httpx.AsyncClient(trust_env=False) as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    wrong = (await client.get(f"{self.http}/ready")).json()["wrong"]
                    if "engine" not in wrong:
                        return
                await breath(0.1)

    async def reached(self, seconds: float = START_SECONDS) -> None:
        """Wait until the service's own pages answer; its engine need not."""
        async with asyncio.timeout(seconds):
            while await self.waiting() is None:
                await breath(0.1)

    def alarms(self) -> list[str]:
        """Return the alarms kept so far."""
        return rows.alarms(self.folder / "data" / "harbour.db")

    async def waiting(self) -> int | None:
        """Return how many rows wait in inbox and outbox; ``None`` while the service does not answer."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            try:
                lines = (await client.get(f"{self.http}/metrics")).text.splitlines()
            except httpx.HTTPError:
                return None
        return sum(int(float(line.split()[-1])) for line in lines if line.startswith("harbour_waiting_rows{"))

    async def quiet(self, seconds: float = 60.0) -> bool:
        """Wait until nothing waits: not at Telegram, not with us, no timer is due, no alarm untold."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                calm = 0
                while calm < 3:
                    pending = (await self.telegram.look("queue"))["pending"]
                    database = self.folder / "data" / "harbour.db"
                    coming = rows.sending(database) or rows.soon(database)
                    still = not pending and not coming and await self.waiting() == 0
                    calm = calm + 1 if still else 0
                    await breath(0.15)
                return True
        return False

    async def stop(self) -> int | None:
        """End the service as an operator would; returns its status."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        if self.service is None:
            return None
        return await self.service.stop() if self.service.status is None else self.service.status

    async def close(self) -> None:
        """End everything that still runs."""
        await self.stop()
        await self.telegram.close()
        await self.standin.stop()

    async def cli(self, *words: str) -> tuple[int, str]:
        """Run a command of ours beside the service."""
        return await command(words, self.env)

    async def enrol(self, name: str) -> None:
        """Enrol an advocate by an ordinary invitation; the service must run."""
        status, said = await self.cli("advocate", "invite", name)
        assert status == 0, said
        token = next(word for word in said.replace("=", " ").split() if word.startswith("inv_"))
        user = ADVOCATES[name]
        await self.telegram.do("send", **{"as": user}, text=f"/start {token}")
        assert await self.telegram.until(lambda shown: any(name in e["text"] for e in shown.from_bot(user)))


async def make_template(folder: Path, models: Path) -> Path:
    """Make a key and a database with two advocates enrolled, for worlds to start from; returns its folder."""
    world = await World.open(folder / "first", models)
    try:
        status, said = await world.cli("keys", "create")
        assert status == 0, said
        await world.start()
        await world.ready()
        for name in ENROLLED:
            await world.enrol(name)
        assert await world.quiet()
        assert await world.stop() == 0
    finally:
        await world.close()
    template = folder / "template"
    shutil.copytree(world.folder, template, ignore=shutil.ignore_patterns("models", "*.log", "*.lock"))
    return template


async def answers(url: str, process: Running, seconds: float = 30.0) -> None:
    """Wait until a web address answers. Raises if the process ends first."""
    async with asyncio.timeout(seconds), httpx.AsyncClient(trust_env=False) as client:
        while True:
            assert process.status is None, f"{process.log.name}: ended with {process.status}"
            with contextlib.suppress(httpx.HTTPError):
                await client.get(url)
                return
            await breath(0.05)


async def breath(seconds: float) -> None:
    """Let the other processes work; always inside a loop that waits for a condition with a time limit."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


async def _gone(pid: int) -> bool:
    """Whether a child follows its dead parent within five seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            while lives(pid):
                await breath(0.05)
            return True
    return False


def kill(service: Running) -> None:
    """Pull the plug."""
    service.send(signal.SIGKILL)


def _settings(folder: Path, url: str) -> dict[str, str]:
    return {
        "HARBOUR_TELEGRAM_TOKEN": STANDIN_TOKEN,
        "HARBOUR_TELEGRAM_API": url,
        "HARBOUR_ADVOCATES_GROUP": str(GROUP),
        "HARBOUR_DATA_DIR": str(folder / "data"),
        "HARBOUR_KEY_FILE": str(folder / "keys" / "harbour.key"),
        "HARBOUR_HTTP": f"127.0.0.1:{free_port()}",
        "HARBOUR_PACE": "off",
    }
