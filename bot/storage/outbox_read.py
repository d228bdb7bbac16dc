"""Waiting rows, chosen in their order and opened for one call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select, update
from sqlalchemy import Row as DbRow

from bot.errors import SealBroken
from bot.messages import AdvocateId, Alarm, CaseId, ChatId, Handle, Origin, PersonId
from bot.outbox.ports import Row
from bot.storage.alarms import db_raise_alarm
from bot.storage.cases import open_case
from bot.storage.codec import body_from_plain, destination_from_plain, unpack
from bot.storage.groups import db_current_group
from bot.storage.outbox_add import body_place
from bot.storage.people import open_chat
from bot.storage.roster import db_user_of
from bot.storage.seal import Vault
from bot.storage.tables import cases, outbox, people
from bot.storage.times import from_ms, to_hour_ms, to_ms

_THREAD_KNOWN = cases.c.topic_blind.is_not(None)


def db_heads(db: Connection, now: datetime, limit: int) -> Sequence[DbRow[Any]]:
    """Return the oldest live row of each lane where it is due and nothing of the lane is on its way.

    A lane counts as urgent when anything in it is: the urgent row cannot leave before its head.
    """
    # Without a topic only an OpenTopic may leave for it; a row without a thread would go to General.
    may_lead = or_(outbox.c.road != "topic", _THREAD_KNOWN, outbox.c.kind == "open_topic")
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
    chosen = (
        _rows(lanes.c.urgent.label("lane_urgent"))
        .join(lanes, lanes.c.head == outbox.c.id)
        .where(
            lanes.c.leaving == 0,
            outbox.c.due_at <= to_ms(now),
            or_(outbox.c.road != "person", people.c.reach == "open"),
        )
        .order_by(lanes.c.urgent.desc(), outbox.c.id)
        .limit(limit)
    )
    return db.execute(chosen).all()


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


def db_open_rows(db: Connection, vault: Vault, rows: Sequence[DbRow[Any]], now: datetime) -> list[Row]:
    """Open rows for sending. One that does not open is refused, with an alarm, and the rest go on."""
    opened: list[Row] = []
    for row in rows:
        try:
            found = _opened(db, vault, row)
        except SealBroken:
            _db_set_broken_aside(db, vault, row.id, now)
            continue
        if found is not None:
            opened.append(found)
    return opened


def _rows(*more: Any) -> Select[Any]:
    of_case = [cases.c[name].label(f"case_{name}") for name in ("owner", "state", "version", "detail")]
    about = [people.c.wrapped_key, people.c.chat, people.c.reach]
    joined = outbox.outerjoin(people, people.c.id == outbox.c.person_id).outerjoin(
        cases, and_(cases.c.id == outbox.c.case_id, outbox.c.road == "topic")
    )
    return select(outbox, *of_case, *about, *more).select_from(joined)


def _opened(db: Connection, vault: Vault, row: DbRow[Any]) -> Row | None:
    key = None if row.person_id is None else vault.person_key(PersonId(row.person_id), row.wrapped_key)
    if key is None:
        content = vault.open(row.body, body_place(row.id))
    else:
        content = key.open(row.body, "outbox", "body", str(row.id))
    plain = unpack(content)
    chat: ChatId | None = None
    thread = card = None
    if row.road == "person" and key is not None:
        chat = open_chat(key, row.chat)
    elif row.road == "topic" and key is not None and row.case_detail is not None:
        handoff = open_case(key, _CaseRow(row))
        chat, thread, card = db_current_group(db, vault, handoff.group), handoff.thread, handoff.card
    elif row.road == "group":
        chat = db_current_group(db, vault, ChatId(plain["to"][1]))
    elif row.road == "advocate":
        chat = db_user_of(db, vault, AdvocateId(plain["to"][1]))
    elif row.road == "chat":
        chat = ChatId(plain["to"][1])
    if chat is None:
        return None
    return Row(
        id=row.id,
        to=destination_from_plain(plain["to"]),
        body=body_from_plain(plain["body"]),
        origin=Origin(row.origin),
        urgent=bool(row.lane_urgent),
        case=None if row.case_id is None else CaseId(row.case_id),
        person=None if row.person_id is None else PersonId(row.person_id),
        answers=plain["answers"],
        attempt=row.attempt + 1,
        chat=chat,
        thread=thread,
        card=card,
        handles=tuple(Handle(handle) for handle in plain["handles"]),
        due_at=from_ms(row.due_at),
        is_group=row.road in {"topic", "group"},
    )


class _CaseRow:
    """The case's columns of a joined row, under the names the cases table gives them."""

    def __init__(self, row: DbRow[Any]) -> None:
        self.id = row.case_id
        self.person_id = row.person_id
        self.owner = row.case_owner
        self.state = row.case_state
        self.version = row.case_version
        self.detail = row.case_detail


def _db_set_broken_aside(db: Connection, vault: Vault, number: int, now: datetime) -> None:
    db.execute(
        update(outbox)
        .where(outbox.c.id == number)
        .values(state="refused", holder=None, ended_at=to_hour_ms(now))
    )
    db_raise_alarm(db, vault, Alarm("outbox-seal-broken", str(number)), now)
