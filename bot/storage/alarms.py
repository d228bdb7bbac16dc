"""Alarms: things an operator must look at, kept until someone was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from bot.errors import SealBroken
from bot.messages import Alarm
from bot.storage.numbers import db_new_numbers
from bot.storage.seal import Place, Vault
from bot.storage.tables import alarms
from bot.storage.times import from_ms, to_ms

SAME_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class KeptAlarm:
    """An alarm as it rests: how often it was raised, and when first and last."""

    id: int
    alarm: Alarm
    count: int
    first_at: datetime
    last_at: datetime
    delivered: bool


def db_raise_alarm(db: Connection, vault: Vault, alarm: Alarm, now: datetime) -> None:
    """Keep an alarm; the same one within ten minutes counts up, so a storm stays one row."""
    blind = vault.blind("alarm", alarm.about)
    same = (
        select(func.max(alarms.c.id))
        .where(
            alarms.c.what == alarm.what,
            alarms.c.about_blind == blind,
            alarms.c.first_at > to_ms(now - SAME_FOR),
        )
        .scalar_subquery()
    )
    counted = db.execute(
        update(alarms).where(alarms.c.id == same).values(times=alarms.c.times + 1, last_at=to_ms(now))
    )
    if counted.rowcount:
        return
    (number,) = db_new_numbers(db, alarms, 1)
    db.execute(
        insert(alarms).values(
            id=number,
            what=alarm.what,
            about_blind=blind,
            about=vault.seal(alarm.about.encode("utf-8", "surrogatepass"), _place(number)),
            times=1,
            first_at=to_ms(now),
            last_at=to_ms(now),
        )
    )


def db_alarms(db: Connection, vault: Vault, *, undelivered: bool, limit: int) -> list[KeptAlarm]:
    """Return alarms, oldest first; only those nobody was told of when ``undelivered``."""
    wanted = select(alarms).order_by(alarms.c.id).limit(limit)
    if undelivered:
        wanted = wanted.where(alarms.c.delivered_at.is_(None))
    return [
        KeptAlarm(
            id=row.id,
            alarm=Alarm(row.what, _about(vault, row.about, row.id)),
            count=row.times,
            first_at=from_ms(row.first_at),
            last_at=from_ms(row.last_at),
            delivered=row.delivered_at is not None,
        )
        for row in db.execute(wanted)
    ]


def db_mark_delivered(db: Connection, ids: Sequence[int], now: datetime) -> None:
    """Note that someone was told of these alarms."""
    db.execute(update(alarms).where(alarms.c.id.in_(ids)).values(delivered_at=to_ms(now)))


def db_count_alarms(db: Connection) -> int:
    """Return how many alarms nobody was told of."""
    return db.execute(select(func.count()).where(alarms.c.delivered_at.is_(None))).scalar() or 0


def _about(vault: Vault, sealed: bytes, number: int) -> str:
    try:
        return vault.open(sealed, _place(number)).decode("utf-8", "surrogatepass")
    except SealBroken:
        return "(does not open)"


def _place(number: int) -> Place:
    return Place("alarms", "about", str(number))
