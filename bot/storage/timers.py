"""Timers: rows that come due, and then walk the inbox in their person's order."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from bot.errors import Conflict, SealBroken
from bot.messages import Alarm, ChatId, PersonId, Timer, TimerDue
from bot.storage.alarms import db_raise_alarm
from bot.storage.people import db_person_key, open_chat
from bot.storage.seal import Vault
from bot.storage.tables import people, timers
from bot.storage.times import to_ms

BATCH = 500
_DROP = delete(timers).where(
    timers.c.kind == bindparam("kind"),
    timers.c.person_id == bindparam("person"),
    timers.c.about_blind == bindparam("about"),
)


def db_set_timer(db: Connection, vault: Vault, timer: Timer) -> None:
    """Keep a timer; one of the same kind, person and about gives way. Raises Conflict if erased."""
    key = db_person_key(db, vault, timer.person)
    if key is None:
        raise Conflict("The person was erased meanwhile.")
    blind = _about_blind(vault, timer.about)
    db.execute(_DROP, {"kind": timer.kind, "person": timer.person, "about": blind})
    db.execute(
        insert(timers).values(
            kind=timer.kind,
            person_id=timer.person,
            about_blind=blind,
            about=key.seal(timer.about.encode(), "timers", "about", _row(timer.kind, blind)),
            due_at=to_ms(timer.due_at),
        )
    )


def db_drop_timers(db: Connection, vault: Vault, person: PersonId, kind: str, about: str | None) -> None:
    """Drop a person's timers of one kind; all of them when ``about`` is ``None``."""
    dropped = delete(timers).where(timers.c.person_id == person, timers.c.kind == kind)
    if about is not None:
        dropped = dropped.where(timers.c.about_blind == _about_blind(vault, about))
    db.execute(dropped)


def db_take_due_timers(db: Connection, vault: Vault, now: datetime) -> list[tuple[ChatId, bytes]]:
    """Drop the timers that are due and return, oldest first, the chat and the inbox body of each.

    On PostgreSQL rows that another service takes in this moment are passed over.
    """
    rows = db.execute(
        select(timers, people.c.wrapped_key, people.c.chat)
        .join(people, people.c.id == timers.c.person_id)
        .where(timers.c.due_at <= to_ms(now))
        .order_by(timers.c.due_at)
        .limit(BATCH)
        .with_for_update(of=timers, skip_locked=True)
    ).all()
    taken: list[tuple[ChatId, bytes]] = []
    for row in rows:
        person = PersonId(row.person_id)
        db.execute(_DROP, {"kind": row.kind, "person": person, "about": row.about_blind})
        try:
            taken.append(_opened(vault, row))
        except SealBroken:
            # One altered row must not stop everybody else's timers.
            db_raise_alarm(db, vault, Alarm("timer-seal-broken", person), now)
    return taken


def write_timer(due: TimerDue) -> bytes:
    """Return the inbox body of a timer that came due."""
    return json.dumps({"kind": due.kind, "person": due.person, "about": due.about}).encode()


def read_timer(body: bytes) -> TimerDue:
    """Return the timer of an inbox row whose source is ``timer``."""
    plain = json.loads(body)
    return TimerDue(plain["kind"], PersonId(plain["person"]), plain["about"])


def _opened(vault: Vault, row: Row[Any]) -> tuple[ChatId, bytes]:
    person = PersonId(row.person_id)
    key = vault.person_key(person, row.wrapped_key)
    about = key.open(row.about, "timers", "about", _row(row.kind, row.about_blind)).decode()
    return open_chat(key, row.chat), write_timer(TimerDue(row.kind, person, about))


def _about_blind(vault: Vault, about: str) -> str:
    return vault.blind("timer about", about)


def _row(kind: str, about_blind: str) -> str:
    return f"{kind}:{about_blind}"
