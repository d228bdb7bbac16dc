"""Opening rows of the outbox for one call: what goes where, by what is sealed, not by the bare columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy import Row as DbRow

from bot.errors import SealBroken
from bot.messages import (
    Alarm,
    CaseId,
    ChatId,
    Destination,
    Handle,
    Origin,
    PersonId,
    ToAdvocate,
    ToChat,
    ToGroup,
    ToPerson,
)
from bot.outbox.ports import Row
from bot.storage.alarms import db_raise_alarm
from bot.storage.cases import open_case
from bot.storage.codec import body_from_plain, destination_from_plain, unpack
from bot.storage.groups import db_current_group
from bot.storage.outbox_add import body_place
from bot.storage.people import open_chat
from bot.storage.roster import db_user_of
from bot.storage.seal import PersonKey, Vault
from bot.storage.tables import outbox
from bot.storage.times import from_ms, to_hour_ms


def db_open_rows(db: Connection, vault: Vault, rows: Sequence[DbRow[Any]], now: datetime) -> list[Row]:
    """Open rows for sending. One that does not open is refused, with an alarm, and the rest go on."""
    opener = _Opener(db, vault)
    opened: list[Row] = []
    for row in rows:
        try:
            found = opener.open(row)
        except SealBroken:
            _db_set_broken_aside(db, vault, row.id, now)
            continue
        if found is not None:
            opened.append(found)
    return opened


@dataclass(frozen=True)
class _Where:
    """A chat, and for a topic its thread and the message of its card."""

    chat: ChatId
    thread: int | None = None
    card: int | None = None
    is_group: bool = False


class _Opener:
    """Opens rows within one transaction; looks each group up once."""

    def __init__(self, db: Connection, vault: Vault) -> None:
        self._db = db
        self._vault = vault
        self._groups: dict[ChatId, ChatId] = {}

    def open(self, row: DbRow[Any]) -> Row | None:
        """Return the row with its words, or ``None`` if there is nobody to send it to any more."""
        key = None
        if row.person_id is not None:
            key = self._vault.person_key(PersonId(row.person_id), row.wrapped_key)
        plain = unpack(self._content(row, key))
        to = destination_from_plain(plain["to"])
        if plain["to"][0] != row.road:
            raise _misplaced()
        where = self._where(to, key, row)
        if where is None:
            return None
        return Row(
            id=row.id,
            to=to,
            body=body_from_plain(plain["body"]),
            origin=Origin(row.origin),
            urgent=bool(row.lane_urgent),
            case=None if row.case_id is None else CaseId(row.case_id),
            person=None if row.person_id is None else PersonId(row.person_id),
            answers=plain["answers"],
            attempt=row.attempt + 1,
            chat=where.chat,
            thread=where.thread,
            card=where.card,
            handles=tuple(Handle(handle) for handle in plain["handles"]),
            due_at=from_ms(row.due_at),
            is_group=where.is_group,
        )

    def _content(self, row: DbRow[Any], key: PersonKey | None) -> bytes:
        if key is None:
            return self._vault.open(row.body, body_place(row.id))
        return key.open(row.body, "outbox", "body", str(row.id))

    def _where(self, to: Destination, key: PersonKey | None, row: DbRow[Any]) -> _Where | None:
        if isinstance(to, ToGroup):
            return _Where(self._current(to.group), is_group=True)
        if isinstance(to, ToChat):
            return _Where(to.chat)
        if isinstance(to, ToAdvocate):
            user = db_user_of(self._db, self._vault, to.advocate)
            return None if user is None else _Where(user)
        if isinstance(to, ToPerson):
            if key is None or key.person != to.person:
                raise _misplaced()
            return _Where(open_chat(key, row.chat))
        if key is None or row.case_id != to.case:
            raise _misplaced()
        return None if row.case_detail is None else self._topic(key, row)

    def _topic(self, key: PersonKey, row: DbRow[Any]) -> _Where:
        # Sealed for the case's own person: another person's case does not open with this key.
        case = open_case(key, _CaseColumns(row))
        return _Where(self._current(case.group), case.thread, case.card, is_group=True)

    def _current(self, group: ChatId) -> ChatId:
        if group not in self._groups:
            self._groups[group] = db_current_group(self._db, self._vault, group)
        return self._groups[group]


class _CaseColumns:
    """The case's columns of a joined row, under the names the cases table gives them."""

    def __init__(self, row: DbRow[Any]) -> None:
        self.id = row.case_id
        self.person_id = row.person_id
        self.owner = row.case_owner
        self.state = row.case_state
        self.version = row.case_version
        self.detail = row.case_detail


def _misplaced() -> SealBroken:
    return SealBroken("A waiting send was moved to another destination.", remedy="Restore from a backup.")


def _db_set_broken_aside(db: Connection, vault: Vault, number: int, now: datetime) -> None:
    ended = {"state": "refused", "holder": None, "ended_at": to_hour_ms(now)}
    db.execute(update(outbox).where(outbox.c.id == number).values(**ended))
    db_raise_alarm(db, vault, Alarm("outbox-seal-broken", str(number)), now)
