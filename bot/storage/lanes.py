"""Lanes of the inbox: who may work on which, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, String, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import inbox, lanes
from bot.storage.times import to_ms

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


_LATEST_TURN = select(func.max(lanes.c.turn))
_FREE = (
    select(lanes.c.lane)
    .where(
        lanes.c.lane.in_(select(inbox.c.lane).where(inbox.c.done_at.is_(None))),
        or_(
            lanes.c.holder.is_(None),
            lanes.c.lease_until <= bindparam("now"),
            lanes.c.holder != bindparam("only", type_=String),
        ),
    )
    .order_by(lanes.c.turn, lanes.c.lane)
    .limit(bindparam("count", type_=Integer))
    .with_for_update(of=lanes, skip_locked=True)
)
_TAKE = (
    update(lanes)
    .where(lanes.c.lane.in_(bindparam("names", expanding=True)))
    .values(holder=bindparam("new_holder"), lease_until=bindparam("until"), turn=bindparam("new_turn"))
)
_LEAVE = (
    update(lanes)
    .where(lanes.c.lane == bindparam("name"), lanes.c.holder == bindparam("old_holder"))
    .values(holder=None, lease_until=None)
)


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
    asked = {"now": to_ms(now), "count": count, "only": holder if alone else None}
    names = list(db.execute(_FREE, asked).scalars())
    if names:
        taken = {"until": to_ms(lease_until), "new_holder": holder, "new_turn": _db_next_turn(db)}
        db.execute(_TAKE, {"names": names, **taken})
    return names


def db_release_lane(db: Connection, holder: str, lane: str) -> None:
    """Let a lane go, if this holder still has it."""
    db.execute(_LEAVE, {"name": lane, "old_holder": holder})


def _db_next_turn(db: Connection) -> int:
    # A count, not a clock: the table does not tell when anyone last wrote.
    return (db.execute(_LATEST_TURN).scalar() or 0) + 1
