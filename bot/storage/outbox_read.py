"""Which rows of the outbox are next: the oldest of each destination, never past one on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, bindparam, case, func, or_, select
from sqlalchemy import Row as DbRow

from bot.storage.tables import cases, outbox, people
from bot.storage.times import to_ms


def _rows(*more: Any) -> Select[Any]:
    of_case = [cases.c[name].label(f"case_{name}") for name in ("owner", "state", "version", "detail")]
    about = [people.c.wrapped_key, people.c.chat, people.c.reach]
    joined = outbox.outerjoin(people, people.c.id == outbox.c.person_id).outerjoin(
        cases, and_(cases.c.id == outbox.c.case_id, outbox.c.road == "topic")
    )
    return select(outbox, *of_case, *about, *more).select_from(joined)


def _heads() -> Select[Any]:
    # Without a topic only an OpenTopic may leave for it; a row without a thread would go to General.
    thread_known = cases.c.topic_blind.is_not(None)
    may_lead = or_(outbox.c.road != "topic", thread_known, outbox.c.kind == "open_topic")
    lanes = (
        select(
            func.min(case((may_lead, outbox.c.id))).label("head"),
            func.max(outbox.c.urgent).label("urgent"),
            func.max(case((outbox.c.state == "sending", 1), else_=0)).label("leaving"),
        )
        .select_from(outbox.outerjoin(cases, cases.c.id == outbox.c.case_id))
        .where(outbox.c.state.in_(("waiting", "sending")))
        .group_by(outbox.c.lane)
        .subquery()
    )
    return (
        _rows(lanes.c.urgent.label("lane_urgent"))
        .join(lanes, lanes.c.head == outbox.c.id)
        .where(
            lanes.c.leaving == 0,
            outbox.c.due_at <= bindparam("now"),
            or_(outbox.c.road != "person", people.c.reach == "open"),
        )
        .order_by(lanes.c.urgent.desc(), outbox.c.id)
        .limit(bindparam("count", type_=Integer))
    )


_HEADS = _heads()


def db_heads(db: Connection, now: datetime, limit: int) -> Sequence[DbRow[Any]]:
    """Return the oldest live row of each lane where it is due and nothing of the lane is on its way.

    A lane counts as urgent when anything in it is: the urgent row cannot leave before its head.
    """
    return db.execute(_HEADS, {"now": to_ms(now), "count": limit}).all()


def db_behind(db: Connection, row: int, now: datetime, limit: int) -> Sequence[DbRow[Any]]:
    """Return the waiting messages right behind a row of a topic, up to the first of another kind."""
    first = select(outbox.c.lane, outbox.c.origin).where(outbox.c.id == row, outbox.c.road == "topic")
    head = db.execute(first).first()
    if head is None:
        return []
    behind = (
        _rows(outbox.c.urgent.label("lane_urgent"))
        .where(outbox.c.lane == head.lane, outbox.c.id > row, outbox.c.state == "waiting")
        .order_by(outbox.c.id)
        .limit(limit)
    )
    together: list[DbRow[Any]] = []
    for found in db.execute(behind):
        if found.kind != "say" or found.origin != head.origin or found.due_at > to_ms(now):
            break
        together.append(found)
    return together


def db_left_behind(db: Connection, holders_alive: Sequence[str]) -> Sequence[DbRow[Any]]:
    """Return rows marked sending by anyone who is not alive any more."""
    dead = or_(outbox.c.holder.is_(None), outbox.c.holder.not_in(list(holders_alive)))
    chosen = _rows(outbox.c.urgent.label("lane_urgent")).where(outbox.c.state == "sending", dead)
    return db.execute(chosen.order_by(outbox.c.id)).all()
