"""Rotating the service key: everything it sealed is sealed anew; people's words are not touched.

Killed at any step, both keys are still in the key file, every row opens, and the next call goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, select, update

from bot.errors import KeyMissing, SealBroken
from bot.failpoints import failpoint
from bot.storage.database import Database
from bot.storage.inbox import body_place
from bot.storage.key_file import KeyFile, new_key_file, read_key_file
from bot.storage.key_file import replace as replace_key_file
from bot.storage.keys import KeyRing
from bot.storage.seal import PERSON_KEY, Place, Vault, key_number, wrap_place
from bot.storage.tables import advocates, alarms, dead_letters, groups, inbox, invites, outbox, people

BATCH = 200


@dataclass(frozen=True)
class Rotated:
    """What a rotation did. ``unopened`` fields open with no key held; they keep old keys from going."""

    current: int
    rewrapped: int
    unopened: int
    retired: tuple[int, ...]


@dataclass(frozen=True)
class _Field:
    """One column that service keys seal: its table's key column, and where each value rests."""

    table: Table
    key: Column[Any]
    column: Column[Any]
    place: Callable[[Row[Any]], Place]


def _field(column: Column[Any], key: Column[Any]) -> _Field:
    """Return a field that is bound to nothing but its row's key."""
    table, name, key_name = column.table, column.name, key.name

    def place(row: Row[Any]) -> Place:
        return Place(table.name, name, str(row._mapping[key_name]))

    return _Field(table, key, column, place)


def _update_place(row: Row[Any]) -> Place:
    return body_place(row.id, row.lane)


def _person_place(row: Row[Any]) -> Place:
    return wrap_place(row.id)


_FIELDS = (
    _Field(people, people.c.id, people.c.wrapped_key, _person_place),
    _Field(inbox, inbox.c.id, inbox.c.body, _update_place),
    _Field(dead_letters, dead_letters.c.id, dead_letters.c.body, _update_place),
    _field(outbox.c.body, outbox.c.id),
    _field(alarms.c.about, alarms.c.id),
    _field(advocates.c.user, advocates.c.id),
    _field(advocates.c.alias, advocates.c.id),
    _field(invites.c.alias, invites.c.token_hash),
    _field(groups.c.key, groups.c.id),
    _field(groups.c.current, groups.c.id),
)


async def rotate(database: Database, key_file: Path, *, retire: bool = False) -> Rotated:
    """Bring in a new service key, or go on with a rotation that was cut short, and rewrap everything.

    Services that run meanwhile read both keys; they seal with the new one once restarted. Only after
    that may ``retire`` take the old keys out of the file.

    Raises:
        KeyMissing: If the key file is missing or malformed.
    """
    keys = _begin(key_file)
    vault = Vault(KeyRing(keys, key_file))
    rewrapped = unopened = 0
    for field in _FIELDS:
        done, broken = await _rewrap(database, vault, field)
        rewrapped, unopened = rewrapped + done, unopened + broken
    failpoint("rotation.before-finish")
    old = tuple(number for number in keys.service if number != keys.current)
    retiring = retire and not unopened
    kept = {keys.current: keys.service[keys.current]} if retiring else keys.service
    replace_key_file(key_file, replace(keys, service=kept, rewrapping=False))
    failpoint("rotation.finished")
    return Rotated(keys.current, rewrapped, unopened, old if retiring else ())


def _begin(key_file: Path) -> KeyFile:
    keys = read_key_file(key_file)
    if keys.rewrapping:
        return keys
    number = max(keys.service) + 1
    if number >= 2**32:
        raise KeyMissing("The key file has no number left for a new key.")
    fresh = new_key_file().service[1]
    keys = KeyFile({**keys.service, number: fresh}, number, keys.lasting, rewrapping=True)
    replace_key_file(key_file, keys)
    failpoint("rotation.key-added")
    return keys


async def _rewrap(database: Database, vault: Vault, field: _Field) -> tuple[int, int]:
    after: Any = None
    rewrapped = unopened = 0
    while True:
        batch = partial(_db_batch, vault=vault, field=field, after=after)
        done, broken, after = await database.run(batch)
        rewrapped, unopened = rewrapped + done, unopened + broken
        if after is None:
            return rewrapped, unopened


def _db_batch(db: Connection, vault: Vault, field: _Field, after: Any) -> tuple[int, int, Any]:
    chosen = select(field.table).where(field.column.is_not(None)).order_by(field.key).limit(BATCH)
    if after is not None:
        chosen = chosen.where(field.key > after)
    rows = db.execute(chosen).all()
    rewrapped = unopened = 0
    for row in rows:
        sealed = row._mapping[field.column.name]
        try:
            fresh = _sealed_anew(vault, sealed, field.place(row))
        except SealBroken:
            unopened += 1
            continue
        if fresh is not None:
            rewrapped += _db_write(db, field, row, sealed, fresh)
            failpoint(f"rotation.{field.table.name}.row")
    return rewrapped, unopened, rows[-1]._mapping[field.key.name] if rows else None


def _sealed_anew(vault: Vault, sealed: bytes, place: Place) -> bytes | None:
    """Return a field under the current key; ``None`` if it is already, or is a person's own."""
    number = key_number(sealed)
    if number in {PERSON_KEY, vault.ring.current}:
        return None
    return vault.seal(vault.open(sealed, place), place)


def _db_write(db: Connection, field: _Field, row: Row[Any], sealed: bytes, fresh: bytes) -> int:
    # Only over the value that was read: a service may have written or wiped the row meanwhile.
    written = db.execute(
        update(field.table)
        .where(field.key == row._mapping[field.key.name], field.column == sealed)
        .values({field.column.name: fresh})
    )
    return int(written.rowcount)
