"""The door of the room: every store over one database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.ports import Clock
from bot.messages import Advocate, ChatId, PersonId
from bot.settings import Settings
from bot.storage.alarms import KeptAlarm, db_alarms, db_count_alarms, db_mark_delivered
from bot.storage.database import Database
from bot.storage.erase import Erased, erase_person
from bot.storage.holders import living_holders
from bot.storage.housekeeping import Tidied, housekeeping
from bot.storage.inbox import InboxRows
from bot.storage.keys import KeyRing
from bot.storage.outbox import OutboxRows
from bot.storage.roster import (
    db_advocate_by_user,
    db_advocates,
    db_create_invite,
    db_remove_advocate,
)
from bot.storage.store import WalkStore
from bot.storage.times import utc_now


class Roster:
    """Who is an advocate, for the operator's commands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._vault = database.vault

    async def create_invite(self, alias: str, role: str, token_hash: str, expires_at: datetime) -> None:
        """Keep an invite; its bearer becomes ``alias`` with ``role``, once.

        Raises:
            Conflict: If an active advocate has this alias.
        """
        await self._database.run(
            lambda db: db_create_invite(db, self._vault, alias, role, token_hash, expires_at)
        )

    async def list_advocates(self) -> list[Advocate]:
        """Return all advocates that ever were, by name."""
        return await self._database.run(lambda db: db_advocates(db, self._vault), writes=False)

    async def remove_advocate(self, alias: str) -> bool:
        """End an advocate's standing at once; False if no active one has this name."""
        return await self._database.run(lambda db: db_remove_advocate(db, self._vault, alias))

    async def is_enrolled(self, user: ChatId) -> bool:
        """Return whether this Telegram user is an active advocate."""
        found = await self._database.run(lambda db: db_advocate_by_user(db, self._vault, user), writes=False)
        return found is not None


class AlarmBook:
    """Alarms that wait for an operator."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._vault = database.vault
        self._clock = clock

    async def undelivered(self, *, limit: int = 50) -> list[KeptAlarm]:
        """Return the alarms nobody was told of, oldest first."""
        return await self._database.run(
            lambda db: db_alarms(db, self._vault, undelivered=True, limit=limit), writes=False
        )

    async def all(self, *, limit: int = 500) -> list[KeptAlarm]:
        """Return all kept alarms, oldest first."""
        return await self._database.run(
            lambda db: db_alarms(db, self._vault, undelivered=False, limit=limit), writes=False
        )

    async def count(self) -> int:
        """Return how many alarms nobody was told of."""
        return await self._database.run(db_count_alarms, writes=False)

    async def mark_delivered(self, ids: Sequence[int]) -> None:
        """Note that someone was told of these."""
        now = self._clock()
        await self._database.run(lambda db: db_mark_delivered(db, ids, now))


@dataclass(frozen=True)
class Stores:
    """All stores of one database. Close ``database`` at the end; it closes everything."""

    database: Database
    walk: WalkStore
    inbox: InboxRows
    outbox: OutboxRows
    roster: Roster
    alarms: AlarmBook
    clock: Clock

    async def living_holders(self, holder: str) -> list[str]:
        """Return which services live; for ``OutboxStore.abandoned``. See ``bot.storage.holders``."""
        return await living_holders(self.database, holder)

    async def erase_person(self, person: PersonId) -> Erased:
        """Destroy a person's key and every row of theirs."""
        return await erase_person(self.database, person, self.clock())

    async def housekeeping(self, now: datetime) -> Tidied:
        """Let go of what is over; call it every hour or so."""
        return await housekeeping(self.database, now)


def open_stores(settings: Settings, ring: KeyRing, *, clock: Clock = utc_now) -> Stores:
    """Return the stores of the configured database; nothing is connected, locked or migrated yet.

    A service then calls ``database.hold_alone()``, ``await database.upgrade()`` and
    ``await database.check()``; a command beside a running service only ``check``.
    """
    return stores_over(Database(settings.database_url, ring), groups=settings.groups, clock=clock)


def stores_over(database: Database, *, groups: Collection[int] = (), clock: Clock = utc_now) -> Stores:
    """Return the stores over a database that is open already; ``groups`` as configured."""
    return Stores(
        database=database,
        walk=WalkStore(database, clock, groups),
        inbox=InboxRows(database, clock),
        outbox=OutboxRows(database, clock),
        roster=Roster(database),
        alarms=AlarmBook(database, clock),
        clock=clock,
    )
