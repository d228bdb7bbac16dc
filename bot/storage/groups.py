"""Groups that moved. Telegram gives a group another id; our rows keep the one they were written with.

Each id a group ever had is a row with the id it has now. Topics are keyed by the oldest of them, so a
case is found again whether the operator has configured the old id, the new one, or both.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from bot.messages import ChatId
from bot.storage.numbers import db_new_numbers
from bot.storage.seal import Place, Vault
from bot.storage.tables import groups

_BY_KEY = select(groups.c.id, groups.c.current).where(groups.c.key_blind == bindparam("key"))
_BY_CURRENT = (
    select(groups.c.id, groups.c.key)
    .where(groups.c.current_blind == bindparam("current"))
    .order_by(groups.c.id)
    .limit(1)
)


def db_current_group(db: Connection, vault: Vault, group: ChatId) -> ChatId:
    """Return the id a group is sent to now, given any it ever had."""
    row = db.execute(_BY_KEY, {"key": _blind(vault, group)}).first()
    return group if row is None else _open(vault, row.current, "current", row.id)


def db_oldest_group(db: Connection, vault: Vault, group: ChatId) -> ChatId:
    """Return the first id we knew a group by, given any it ever had."""
    current = _blind(vault, db_current_group(db, vault, group))
    row = db.execute(_BY_CURRENT, {"current": current}).first()
    return group if row is None else _open(vault, row.key, "key", row.id)


def db_home_of(db: Connection, vault: Vault, group: ChatId, configured: Collection[int]) -> ChatId | None:
    """Return which configured group this is by now; ``None`` if it is none of them."""
    if group in configured:
        return group
    homes = (ChatId(one) for one in sorted(configured))
    return next((home for home in homes if db_current_group(db, vault, home) == group), None)


def db_move_group(db: Connection, vault: Vault, old: ChatId, new: ChatId) -> None:
    """Send to ``new`` whatever was for ``old``; said twice, it changes nothing more."""
    if old == new:
        return
    blind = _blind(vault, old)
    moved = select(groups.c.id, groups.c.key_blind).where(
        or_(groups.c.key_blind == blind, groups.c.current_blind == blind)
    )
    rows = db.execute(moved).all()
    if all(row.key_blind != blind for row in rows):
        _db_add(db, vault, old, new)
    for row in rows:
        db.execute(update(groups).where(groups.c.id == row.id).values(**_current(vault, row.id, new)))


def _db_add(db: Connection, vault: Vault, key: ChatId, current: ChatId) -> None:
    (number,) = db_new_numbers(db, groups, 1)
    sealed = vault.seal(str(key).encode(), _place("key", number))
    values = {"id": number, "key_blind": _blind(vault, key), "key": sealed}
    db.execute(insert(groups).values(**values, **_current(vault, number, current)))


def _current(vault: Vault, number: int, current: ChatId) -> dict[str, object]:
    sealed = vault.seal(str(current).encode(), _place("current", number))
    return {"current_blind": _blind(vault, current), "current": sealed}


def _blind(vault: Vault, group: ChatId) -> str:
    return vault.blind("group", group)


def _place(column: str, number: int) -> Place:
    return Place("groups", column, str(number))


def _open(vault: Vault, sealed: bytes, column: str, number: int) -> ChatId:
    return ChatId(int(vault.open(sealed, _place(column, number))))
