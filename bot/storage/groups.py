"""Groups that moved: Telegram gives a group another id, our keys keep the configured one."""

from __future__ import annotations

from sqlalchemy import Connection, insert, or_, select, update

from bot.messages import ChatId
from bot.storage.seal import Place, Vault
from bot.storage.tables import groups


def db_current_group(db: Connection, vault: Vault, group: ChatId) -> ChatId:
    """Return the id a configured group is sent to now."""
    blind = _blind(vault, group)
    sealed = db.execute(select(groups.c.current).where(groups.c.key_blind == blind)).scalar()
    return group if sealed is None else _open(vault, sealed, "current", blind)


def db_group_key(db: Connection, vault: Vault, group: ChatId) -> ChatId:
    """Return the configured id of a group that Telegram names by any id it has now."""
    row = db.execute(select(groups).where(groups.c.current_blind == _blind(vault, group))).first()
    return group if row is None else _open(vault, row.key, "key", row.key_blind)


def db_move_group(db: Connection, vault: Vault, old: ChatId, new: ChatId) -> None:
    """Send to ``new`` whatever was for ``old``; said twice, it changes nothing more."""
    if old == new:
        return
    old_blind, new_blind = _blind(vault, old), _blind(vault, new)
    row = db.execute(
        select(groups.c.key_blind).where(
            or_(groups.c.key_blind == old_blind, groups.c.current_blind == old_blind)
        )
    ).first()
    key_blind = old_blind if row is None else row.key_blind
    sealed = vault.seal(str(new).encode(), _place("current", key_blind))
    if row is None:
        key = vault.seal(str(old).encode(), _place("key", key_blind))
        db.execute(
            insert(groups).values(key_blind=key_blind, key=key, current_blind=new_blind, current=sealed)
        )
        return
    db.execute(
        update(groups).where(groups.c.key_blind == key_blind).values(current_blind=new_blind, current=sealed)
    )


def _blind(vault: Vault, group: ChatId) -> str:
    return vault.blind("group", group)


def _place(column: str, key_blind: str) -> Place:
    return Place("groups", column, key_blind)


def _open(vault: Vault, sealed: bytes, column: str, key_blind: str) -> ChatId:
    return ChatId(int(vault.open(sealed, _place(column, key_blind))))
