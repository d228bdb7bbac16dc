"""The stand-in Telegram from the outside: what people do, what they were shown, and what goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import httpx

Entry = dict[str, Any]
GROUP = -1001000000001
SECONDS = 60.0


class Shown:
    """The ledger at one moment: what every person's phone ever displayed."""

    def __init__(self, pages: dict[str, list[Entry]]) -> None:
        self._pages = {int(user): page for user, page in pages.items()}

    def users(self) -> list[int]:
        """Return who was ever shown something."""
        return list(self._pages)

    def page(self, user: int) -> list[Entry]:
        """Return everything one person saw, their own messages too."""
        return self._pages.get(user, [])

    def others(self, user: int) -> list[Entry]:
        """Return what one person saw of someone else."""
        return [entry for entry in self.page(user) if not entry["own"]]

    def from_bot(self, person: int) -> list[Entry]:
        """Return what the bot said in a person's private chat, in order."""
        return [entry for entry in self.others(person) if entry["chat"] == person]

    def topic(self, reader: int, thread: int) -> list[Entry]:
        """Return what a member of the group saw in one topic, in order."""
        return [entry for entry in self.page(reader) if entry["thread"] == thread]


def texts_of(entry: Entry) -> list[str]:
    """Return every text a message ever had."""
    return [entry["text"] or "", *(edit["text"] or "" for edit in entry["edits"])]


def buttons_of(entry: Entry) -> list[Entry]:
    """Return the buttons that stand under a message now."""
    rows = entry["edits"][-1]["buttons"] if entry["edits"] else entry["buttons"]
    return [button for row in rows or [] for button in row]


class Telegram:
    """The control API of one stand-in."""

    def __init__(self, url: str) -> None:
        self.url = url
        limits = httpx.Limits(max_connections=50)
        self._http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=SECONDS + 10, limits=limits)
        self._changed = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Stop listening."""
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening
        await self._http.aclose()

    async def do(self, deed: str, **told: Any) -> Any:
        """Make something happen; the deeds are those of the control API."""
        answer = await self._http.post(f"/standin/{deed}", json=told)
        answer.raise_for_status()
        return answer.json()

    async def look(self, what: str, **query: str) -> Any:
        """Look at something of the stand-in."""
        answer = await self._http.get(f"/standin/{what}", params=query)
        answer.raise_for_status()
        return answer.json()

    async def shown(self) -> Shown:
        """Return what everybody was shown so far."""
        return Shown(await self.look("ledger"))

    async def fault(self, method: str, action: str, **more: Any) -> None:
        """Plan something to go wrong."""
        await self.do("faults", method=method, action=action, **more)

    async def clear_faults(self) -> None:
        """Plan nothing any more."""
        (await self._http.delete("/standin/faults")).raise_for_status()

    async def until(
        self,
        found: Callable[[Shown], Any],
        *,
        seconds: float = SECONDS,
        tend: Callable[[Shown], Any] | None = None,
    ) -> Any:
        """Return what ``found`` finds in the ledger as soon as it finds something; ``None`` if it never does.

        Args:
            found: Looks at the ledger.
            seconds: Of the machine's own time.
            tend: Awaited with each ledger that does not have it yet, so that people can react meanwhile.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self._changed.clear()
                    shown = await self.shown()
                    if result := found(shown):
                        return result
                    if tend is not None:
                        await tend(shown)
                    await self._next_change()
        return found(await self.shown()) or None

    async def _next_change(self) -> None:
        # Looked at once a second anyway, because a service that died changes nothing here.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self._changed.wait()

    async def _listen(self) -> None:
        timeout = httpx.Timeout(SECONDS, read=None)
        while True:
            with contextlib.suppress(httpx.HTTPError):
                async with self._http.stream("GET", "/standin/events", timeout=timeout) as stream:
                    async for _ in stream.aiter_lines():
                        self._changed.set()
            self._changed.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await asyncio.Event().wait()
