"""Advocates and their invites. A Telegram user is looked up by keyed HMAC, anew each time."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from bot.errors import Conflict
from bot.messages import Advocate, AdvocateId, ChatId
from bot.storage.seal import Place, Vault
from bot.storage.tables import advocates, invites, outbox
from bot.storage.times import HOUR_MS, to_hour_ms, to_ms

_BY_ID = select(advocates).where(advocates.c.id == bindparam("advocate"))
_BY_USER = select(advocates).where(advocates.c.user_blind == bindparam("user_blind"), advocates.c.active == 1)


def db_create_invite(
    db: Connection, vault: Vault, alias: str, role: str, token_hash: str, expires_at: datetime
) -> None:
    """Keep an invite for one alias and role. Raises Conflict if an active advocate has the alias."""
    blind = _alias_blind(vault, alias)
    taken = select(advocates.c.id).where(advocates.c.alias_blind == blind, advocates.c.active == 1)
    if db.execute(taken).first() is not None:
        raise Conflict("An advocate has this name already.", remedy="Choose another name.")
    db.execute(
        insert(invites).values(
            token_hash=token_hash,
            alias_blind=blind,
            alias=vault.seal(alias.encode(), Place("invites", "alias", token_hash)),
            role=role,
            expires_at=to_ms(expires_at),
        )
    )


def db_invite_alias(db: Connection, vault: Vault, token_hash: str, now: datetime) -> str | None:
    """Return the alias an unspent, unexpired invite enrols, or ``None``."""
    row = db.execute(
        select(invites.c.alias).where(
            invites.c.token_hash == token_hash,
            invites.c.used_at.is_(None),
            invites.c.expires_at > to_ms(now),
        )
    ).first()
    return None if row is None else vault.open(row.alias, Place("invites", "alias", token_hash)).decode()


def db_enrol(db: Connection, vault: Vault, token_hash: str, user: ChatId, now: datetime) -> AdvocateId:
    """Spend an invite and enrol its bearer. Raises Conflict if it is spent, old or unknown."""
    spent = db.execute(
        update(invites)
        .where(
            invites.c.token_hash == token_hash,
            invites.c.used_at.is_(None),
            invites.c.expires_at > to_ms(now),
        )
        .values(used_at=to_hour_ms(now))
    )
    if spent.rowcount != 1:
        raise Conflict("The invite is spent or too old.")
    invite = db.execute(select(invites).where(invites.c.token_hash == token_hash)).one()
    alias = vault.open(invite.alias, Place("invites", "alias", token_hash)).decode()
    return _db_write(db, vault, user, alias, invite.role)


def db_advocate_by_user(db: Connection, vault: Vault, user: ChatId) -> Advocate | None:
    """Return the active advocate with this Telegram id."""
    return _advocate(vault, db.execute(_BY_USER, {"user_blind": _user_blind(vault, user)}).first())


def db_advocate(db: Connection, vault: Vault, advocate: AdvocateId) -> Advocate | None:
    """Return an advocate, active or not."""
    return _advocate(vault, db.execute(_BY_ID, {"advocate": advocate}).first())


def db_advocates(db: Connection, vault: Vault) -> list[Advocate]:
    """Return all advocates that ever were, by name."""
    found = [_advocate(vault, row) for row in db.execute(select(advocates))]
    return sorted((one for one in found if one is not None), key=lambda one: one.alias)


def db_remove_advocate(db: Connection, vault: Vault, alias: str) -> bool:
    """End an advocate's standing; False if no active one has this name."""
    wanted = and_(advocates.c.alias_blind == _alias_blind(vault, alias), advocates.c.active == 1)
    found = db.execute(select(advocates.c.id).where(wanted)).scalar()
    if found is None:
        return False
    db.execute(update(advocates).where(advocates.c.id == found).values(active=0))
    db.execute(
        update(outbox)
        .where(outbox.c.lane == f"advocate:{found}", outbox.c.state.in_(("waiting", "uncertain")))
        .values(state="refused", body=None, ended_at=outbox.c.due_at // HOUR_MS * HOUR_MS)
    )
    return True


def db_set_presence(db: Connection, advocate: AdvocateId, present: bool) -> None:
    """Write whether an advocate is in the group."""
    db.execute(update(advocates).where(advocates.c.id == advocate).values(present=int(present)))


def db_user_of(db: Connection, vault: Vault, advocate: AdvocateId) -> ChatId | None:
    """Return the private chat of an active advocate; ``None`` once removed: nothing goes there."""
    row = db.execute(
        select(advocates.c.user).where(advocates.c.id == advocate, advocates.c.active == 1)
    ).first()
    return None if row is None else ChatId(int(vault.open(row.user, _place("user", advocate))))


def _db_write(db: Connection, vault: Vault, user: ChatId, alias: str, role: str) -> AdvocateId:
    user_blind = _user_blind(vault, user)
    known = db.execute(select(advocates.c.id).where(advocates.c.user_blind == user_blind)).scalar()
    advocate = AdvocateId(known or secrets.token_urlsafe(16))
    values: dict[str, Any] = {
        "alias_blind": _alias_blind(vault, alias),
        "alias": vault.seal(alias.encode(), _place("alias", advocate)),
        "role": role,
        "active": 1,
        "present": 1,
    }
    if known is not None:
        db.execute(update(advocates).where(advocates.c.id == known).values(**values))
        return advocate
    sealed = vault.seal(str(user).encode(), _place("user", advocate))
    db.execute(insert(advocates).values(id=advocate, user_blind=user_blind, user=sealed, **values))
    return advocate


def _advocate(vault: Vault, row: Row[Any] | None) -> Advocate | None:
    if row is None:
        return None
    return Advocate(
        id=AdvocateId(row.id),
        alias=vault.open(row.alias, _place("alias", row.id)).decode(),
        role=row.role,
        active=bool(row.active),
        present=bool(row.present),
    )


def _place(column: str, advocate: str) -> Place:
    return Place("advocates", column, advocate)


def _user_blind(vault: Vault, user: ChatId) -> str:
    return vault.blind("advocate", user)


def _alias_blind(vault: Vault, alias: str) -> str:
    return vault.blind("alias", alias.strip().casefold())
