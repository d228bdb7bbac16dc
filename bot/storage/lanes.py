"""Lanes of the inbox: who may work on which, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import inbox, lanes
from bot.storage.times import to_ms

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def db_add_lanes(db: Connection, names: Iterable[str]) -> None:
    """Make lanes that do not exist yet; a new one takes its turn behind those who wait already."""
    turn = _db_next_turn(db)
    rows = [{"lane": name, "turn": turn} for name in sorted(set(names))]
    insert = _INSERTS[db.dialect.name](lanes).values(rows)
    db.execute(insert.on_conflict_do_nothing(index_elements=["lane"]))


def db_claim_lanes(
    db: Connection, holder: str, count: int, now: datetime, lease_until: datetime, *, alone: bool = False
) -> Sequence[str]:
    """Take up to ``count`` free lanes with waiting rows, the one served longest ago first.

    So a flood in one lane costs it its turn and nobody else's. ``alone``: no other process works on
    this database, so whatever another holder still leases was left by a dead one.
    """
    waiting = select(inbox.c.lane).where(inbox.c.done_at.is_(None))
    free = or_(lanes.c.holder.is_(None), lanes.c.lease_until <= to_ms(now))
    if alone:
        free = or_(free, lanes.c.holder != holder)
    chosen = db.execute(
        select(lanes.c.lane)
        .where(lanes.c.lane.in_(waiting), free)
        .order_by(lanes.c.turn, lanes.c.lane)
        .limit(count)
        .with_for_update(of=lanes, skip_locked=True)
    )
    names = list(chosen.scalars())
    if names:
        db.execute(
            update(lanes)
            .where(lanes.c.lane.in_(names))
            .values(holder=holder, lease_until=to_ms(lease_until), turn=_db_next_turn(db))
        )
    return names


def db_release_lane(db: Connection, holder: str, lane: str) -> None:
    """Let a lane go, if this holder still has it."""
    db.execute(
        update(lanes)
        .where(lanes.c.lane == lane, lanes.c.holder == holder)
        .values(holder=None, lease_until=None)
    )


def _db_next_turn(db: Connection) -> int:
    # A count, not a clock: the table does not tell when anyone last wrote.
    return (db.execute(select(func.max(lanes.c.turn))).scalar() or 0) + 1
