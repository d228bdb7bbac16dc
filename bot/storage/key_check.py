"""Whether a database and a key file belong together, asked before anything is written with that key.

Otherwise nobody would be known any more, and new people would stand beside old ones that cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, select

from bot.errors import KeyMissing, SealBroken
from bot.storage.seal import Place, Vault, wrap_place
from bot.storage.tables import advocates, invites, people

_PROBES: tuple[tuple[Table, Column[Any], Column[Any], Callable[[Row[Any]], Place]], ...] = (
    (people, people.c.id, people.c.wrapped_key, lambda row: wrap_place(row.id)),
    (advocates, advocates.c.id, advocates.c.user, lambda row: Place("advocates", "user", row.id)),
    (
        invites,
        invites.c.token_hash,
        invites.c.alias,
        lambda row: Place("invites", "alias", row.token_hash),
    ),
)
"""Sealed with a service key in every database that ever met somebody: table, key, field, and its place."""


def db_check_key(db: Connection, vault: Vault) -> None:
    """Raise KeyMissing if rows are there and none that is tried opens.

    One that opens is enough: a single altered row must not keep everybody else from help.
    """
    tried = [
        _opens(vault, row._mapping[field.name], place(row))
        for table, key, field, place in _PROBES
        for row in _two(db, table, key)
    ]
    if tried and not any(tried):
        raise KeyMissing(
            "The key file does not belong to this database: nothing in it opens.",
            remedy="Set HARBOUR_KEY_FILE to the one made with it, or bring that back from its copy.",
        )


def _two(db: Connection, table: Table, key: Column[Any]) -> Sequence[Row[Any]]:
    """Return the first and the last row by key; keys are random, so any two do."""
    ends = (select(table).order_by(order).limit(1) for order in (key.asc(), key.desc()))
    return [row for end in ends for row in db.execute(end)]


def _opens(vault: Vault, sealed: bytes, place: Place) -> bool:
    try:
        vault.open(sealed, place)
    except SealBroken:
        return False
    return True
