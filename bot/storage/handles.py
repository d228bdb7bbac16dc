"""Button handles: random, hashed, one use, bound to a person or a case, and good for 14 days."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from bot.errors import Conflict
from bot.messages import Act, Button, CaseId, Handle, PersonId
from bot.storage.codec import act_from_plain, act_to_plain, pack, unpack
from bot.storage.seal import PersonKey, Vault
from bot.storage.tables import handles, people
from bot.storage.times import to_hour_ms, to_hour_ms_above, to_ms

GOOD_FOR = timedelta(days=14)
_HANDLE_CHARACTERS = 22


_ADD = insert(handles)


def db_new_handles(
    db: Connection,
    vault: Vault,
    key: PersonKey,
    case: CaseId | None,
    buttons: tuple[Button, ...],
    now: datetime,
) -> tuple[Handle, ...]:
    """Make a fresh handle for each button, bound to ``case`` or else to the person of ``key``."""
    made = tuple(Handle(secrets.token_urlsafe(16)) for _ in buttons)
    rows = []
    for handle, button in zip(made, buttons, strict=True):
        blind = _blind(vault, handle)
        rows.append(
            {
                "handle_blind": blind,
                "person_id": key.person,
                "case_id": case,
                "act": key.seal(pack(act_to_plain(button.act)), "handles", "act", blind),
                "expires_at": to_hour_ms_above(now + GOOD_FOR),
            }
        )
    if rows:
        db.execute(_ADD, rows)
    return made


def db_act_of_person(
    db: Connection, vault: Vault, untrusted_handle: str, person: PersonId, now: datetime
) -> Act | None:
    """Return what a person's own button stands for; another's, a spent or an old one is ``None``."""
    bound = (handles.c.person_id == person) & handles.c.case_id.is_(None)
    return _db_act(db, vault, untrusted_handle, bound, now)


def db_act_of_case(
    db: Connection, vault: Vault, untrusted_handle: str, case: CaseId, now: datetime
) -> Act | None:
    """Return what a button in this case's topic stands for; any other is ``None``."""
    return _db_act(db, vault, untrusted_handle, handles.c.case_id == case, now)


def db_use_handle(db: Connection, vault: Vault, handle: str, now: datetime) -> None:
    """Spend a handle. Raises Conflict if it is spent, or never was."""
    spent = db.execute(
        update(handles)
        .where(handles.c.handle_blind == _blind(vault, handle), handles.c.used_at.is_(None))
        .values(used_at=to_hour_ms(now))
    )
    if spent.rowcount != 1:
        raise Conflict("The button was pressed already.")


def _db_act(db: Connection, vault: Vault, untrusted_handle: str, bound: object, now: datetime) -> Act | None:
    if len(untrusted_handle) != _HANDLE_CHARACTERS:
        return None
    blind = _blind(vault, untrusted_handle)
    row = db.execute(
        select(handles.c.act, handles.c.person_id, people.c.wrapped_key)
        .join(people, people.c.id == handles.c.person_id)
        .where(
            handles.c.handle_blind == blind,
            handles.c.used_at.is_(None),
            handles.c.expires_at > to_ms(now),
            bound,  # type: ignore[arg-type]
        )
    ).first()
    if row is None:
        return None
    key = vault.person_key(PersonId(row.person_id), row.wrapped_key)
    return act_from_plain(unpack(key.open(row.act, "handles", "act", blind)))


def _blind(vault: Vault, handle: str) -> str:
    return vault.blind("handle", handle)
