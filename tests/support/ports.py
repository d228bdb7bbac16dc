"""In-memory doubles of what the inbox and the outbox need, as plain as the protocols allow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.inbox.ports import Claimed, RawUpdate
from bot.messages import Alarm, Change, OpenTopic, Say, SetReach, ToTopic
from bot.outbox.ports import End, Result, Row


class Broken(Exception):
    """What the doubles raise when they are told to fail."""


@dataclass
class MemoryInbox:
    """Rows of updates. ``broken`` makes every write fail; ``before_add`` runs inside one."""

    rows: dict[int, Claimed] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    dead: dict[int, str] = field(default_factory=dict)
    finished: list[int] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    released: list[str] = field(default_factory=list)
    due: int = 0
    broken: bool = False
    claims: int = 0
    _last: int = 0

    def put(self, lane: str, body: bytes = b"{}", *, attempt: int = 0) -> int:
        """Add one row to a lane."""
        self._last += 1
        self.rows[self._last] = Claimed(self._last, lane, attempt, "telegram", body)
        return self._last

    async def add(self, updates: Sequence[RawUpdate]) -> int:
        if self.broken:
            raise Broken
        new = [update for update in updates if update.update_id not in self.seen]
        for update in new:
            if update.update_id not in self.seen:
                self.seen.add(update.update_id)
                self.put(update.lane, update.body)
        return len(new)

    async def add_due_timers(self, now: datetime) -> int:
        if self.broken:
            raise Broken
        moved, self.due = self.due, 0
        for _ in range(moved):
            self.put("private:1")
        return moved

    async def claim(self, holder: str, *, lanes: int, rows: int, lease_seconds: float) -> list[list[Claimed]]:
        self.claims += 1
        if self.broken:
            raise Broken
        waiting: dict[str, list[Claimed]] = {}
        for row in self.rows.values():
            if row.lane not in self.held:
                waiting.setdefault(row.lane, []).append(replace(row, attempt=row.attempt + 1))
        claimed = [found[:rows] for found in list(waiting.values())[:lanes]]
        for found in claimed:
            self.held.add(found[0].lane)
            self.rows[found[0].id] = found[0]
        return claimed

    async def release(self, holder: str, lane: str) -> None:
        self.held.discard(lane)
        self.released.append(lane)

    async def set_aside(self, row: int, why: str) -> None:
        if self.broken:
            raise Broken
        self.dead[row] = why
        del self.rows[row]
        self.alarms.append(Alarm("set aside", str(row)))

    async def done(self, row: int) -> None:
        self.finished.append(row)
        del self.rows[row]

    async def raise_alarm(self, alarm: Alarm) -> None:
        if self.broken:
            raise Broken
        self.alarms.append(alarm)

    async def waiting(self) -> int:
        return len(self.rows)


@dataclass
class Settled:
    """What one settle wrote."""

    rows: tuple[int, ...]
    result: Result
    changes: tuple[Change, ...]
    retry_at: datetime | None


@dataclass
class MemoryOutbox:
    """Rows to send; one lane per destination, as the port says."""

    rows: list[Row] = field(default_factory=list)
    sending: dict[int, Row] = field(default_factory=dict)
    left_behind: list[Row] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    broken_settles: int = 0
    broken: bool = False
    taken_by_others: set[int] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)

    async def next_rows(self, now: datetime, *, limit: int) -> list[Row]:
        if self.broken:
            raise Broken
        heads: dict[object, Row] = {}
        for row in self.rows:
            known = row.thread is not None or not isinstance(row.to, ToTopic)
            if known or isinstance(row.body, OpenTopic):
                heads.setdefault(row.to, row)
        busy = {row.to for row in self.sending.values()}
        free = [row for row in heads.values() if row.to not in busy and row.person not in self.unreachable]
        due = [row for row in free if row.due_at is None or row.due_at <= now]
        urgent = {row.to for row in self.rows if row.urgent}
        due = [replace(row, urgent=row.to in urgent) for row in due]
        return sorted(due, key=lambda row: not row.urgent)[:limit]

    async def merge_candidates(self, row: Row, *, limit: int) -> list[Row]:
        behind = [other for other in self.rows if other.to == row.to and other.id > row.id]
        together: list[Row] = []
        for other in [row, *behind][: limit + 1]:
            if not (isinstance(other.body, Say) and other.body.mergeable):
                break
            together.append(other)
        return together[1:]

    async def mark_sending(self, rows: Sequence[int], holder: str) -> bool:
        if self.taken_by_others & set(rows):
            self.rows = [row for row in self.rows if row.id not in self.taken_by_others & set(rows)]
            return False
        for row in [row for row in self.rows if row.id in rows]:
            self.sending[row.id] = replace(row, attempt=row.attempt)
            self.rows.remove(row)
        return True

    async def settle(
        self, rows: Sequence[int], result: Result, changes: Sequence[Change], *, retry_at: datetime | None
    ) -> None:
        if self.broken_settles:
            self.broken_settles -= 1
            raise Broken
        self.settled.append(Settled(tuple(rows), result, tuple(changes), retry_at))
        self.unreachable |= {change.person for change in changes if isinstance(change, SetReach)}
        for number in rows:
            row = self.sending.pop(number, None)
            if row is not None and result.end is End.NOT_SENT:
                self.rows.append(replace(row, attempt=row.attempt + 1, due_at=retry_at))
        self.rows.sort(key=lambda row: row.id)

    async def abandoned(self, holder_alive: Sequence[str]) -> list[Row]:
        if self.broken:
            raise Broken
        found, self.left_behind = self.left_behind, []
        return found

    async def waiting(self) -> int:
        return len(self.rows)

    def changes(self) -> list[Change]:
        """Return every change that followed from a send."""
        return [change for settled in self.settled for change in settled.changes]


@dataclass
class ToldTelegram:
    """A sending half that ends as it is told; by default everything is sent at once."""

    told: Callable[[Row], Result | None] = lambda row: None
    calls: list[tuple[Row, ...]] = field(default_factory=list)
    gate: Callable[[Row], Awaitable[None]] | None = None
    at_once: int = 0
    most_at_once: int = 0
    presses: list[str] = field(default_factory=list)

    async def send(self, row: Row, merged: Sequence[Row] = ()) -> Result:
        self.calls.append((row, *merged))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.gate is not None:
                await self.gate(row)
        finally:
            self.at_once -= 1
        return self.told(row) or Result(End.SENT, message=len(self.calls))

    async def answer_press(self, query: str, text: str = "", *, alert: bool = False) -> None:
        self.presses.append(query)

    def texts(self) -> list[str]:
        """Return the texts of the calls in order."""
        return [row.body.text for (row, *_) in self.calls if isinstance(row.body, Say)]


class Notes:
    """The outbox's notices, as fixed words."""

    def uncertain(self, origin: object) -> str:
        return "uncertain"

    def send_again(self) -> str:
        return "Send again"

    def unreachable(self) -> str:
        return "unreachable"

    def not_delivered(self) -> str:
        return "not delivered"

    def may_be_repeat(self) -> str:
        return "May be a repeat:"


class Gate:
    """Holds calls until opened."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self.waiting: list[Row] = []

    async def __call__(self, row: Row) -> None:
        self.waiting.append(row)
        await self._open.wait()

    def open(self) -> None:
        self._open.set()
