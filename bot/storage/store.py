"""The store of the walk: short reads, and one commit that is all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from bot.conversation.ports import Clock
from bot.failpoints import failpoint
from bot.messages import (
    Act,
    Advocate,
    AdvocateId,
    Case,
    CaseId,
    Change,
    ChatId,
    Conversation,
    PersonId,
)
from bot.storage.cases import db_case, db_case_by_code, db_case_of_topic
from bot.storage.changes import db_apply, db_is_uncertain
from bot.storage.database import Database
from bot.storage.groups import db_current_group, db_home_of
from bot.storage.handles import db_act_of_case, db_act_of_person
from bot.storage.inbox import db_finish
from bot.storage.people import db_add_person, db_conversation, db_conversation_of_chat
from bot.storage.roster import db_advocate, db_advocate_by_user, db_invite_alias
from bot.storage.seal import Vault

T = TypeVar("T")
Key = TypeVar("Key")


class WalkStore:
    """Fits ``bot.conversation.ports.Store``."""

    def __init__(self, database: Database, clock: Clock, groups: Collection[int]) -> None:
        self._database = database
        self._vault = database.vault
        self._clock = clock
        self._groups = frozenset(groups)

    async def person(self, chat: ChatId) -> Conversation:
        """Return the conversation of this private chat, making the person on first sight."""
        found = await self._read(db_conversation_of_chat, chat)
        if found is not None:
            return found
        now = self._clock()
        return await self._database.run(lambda db: db_add_person(db, self._vault, chat, now))

    async def conversation(self, person: PersonId) -> Conversation | None:
        """Return a person's conversation, or ``None`` once erased."""
        return await self._read(db_conversation, person)

    async def advocate_by_user(self, user: ChatId) -> Advocate | None:
        """Return the active enrolled advocate with this Telegram id, read anew each time."""
        return await self._read(db_advocate_by_user, user)

    async def advocate(self, advocate: AdvocateId) -> Advocate | None:
        """Return an advocate by our id, active or not."""
        return await self._read(db_advocate, advocate)

    async def case(self, case: CaseId) -> Case | None:
        """Return a case."""
        return await self._read(db_case, case)

    async def case_of_topic(self, group: ChatId, thread: int) -> Case | None:
        """Return the case whose topic this is; ``group`` may be any id the group has or had."""
        return await self._database.run(
            lambda db: db_case_of_topic(db, self._vault, group, thread), writes=False
        )

    async def case_by_code(self, code: str) -> Case | None:
        """Return the newest case with this code, in capitals or not."""
        return await self._read(db_case_by_code, code)

    async def act_of_person(self, handle: str, person: PersonId, now: datetime) -> Act | None:
        """Return what a person's button stands for, if it is theirs, unspent and not expired."""
        return await self._database.run(
            lambda db: db_act_of_person(db, self._vault, handle, person, now), writes=False
        )

    async def act_of_case(self, handle: str, case: CaseId, now: datetime) -> Act | None:
        """Return what a button in this case's topic stands for, if unspent and not expired."""
        return await self._database.run(
            lambda db: db_act_of_case(db, self._vault, handle, case, now), writes=False
        )

    async def home_of(self, group: ChatId) -> ChatId | None:
        """Return the configured id of the group that now has this id; ``None`` if it is not ours."""
        return await self._database.run(
            lambda db: db_home_of(db, self._vault, group, self._groups), writes=False
        )

    async def invite(self, token_hash: str) -> str | None:
        """Return the alias an unspent, unexpired invitation enrols, or ``None``."""
        now = self._clock()
        return await self._database.run(
            lambda db: db_invite_alias(db, self._vault, token_hash, now), writes=False
        )

    async def current_group(self, group: ChatId) -> ChatId:
        """Return the id a configured group has now."""
        return await self._read(db_current_group, group)

    async def is_uncertain(self, row: int) -> bool:
        """Return whether a send is uncertain still, so that ``Resend`` makes sense."""
        return await self._database.run(lambda db: db_is_uncertain(db, row), writes=False)

    async def commit(self, item: int | None, changes: Sequence[Change]) -> None:
        """Carry out all changes and mark the inbox row done, in one transaction.

        Raises:
            Conflict: If a version or a one-use thing was changed by someone else, someone a change is
                for is gone, or the row is done already; nothing was written.
        """
        now = self._clock()

        def work(db: Connection) -> None:
            if item is not None:
                db_finish(db, item, now)
                failpoint("storage.commit.after-done")
            db_apply(db, self._vault, changes, now)
            failpoint("storage.commit.after-changes")

        failpoint("storage.commit.before")
        await self._database.run(work)

    async def _read(self, read: Callable[[Connection, Vault, Key], T], what: Key) -> T:
        return await self._database.run(lambda db: read(db, self._vault, what), writes=False)
