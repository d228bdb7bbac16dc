"""Adding a send to the outbox, with fresh handles for its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from bot.errors import Conflict
from bot.messages import (
    CaseId,
    PersonId,
    Send,
    ShowCard,
    ToAdvocate,
    ToGroup,
    ToPerson,
    ToTopic,
)
from bot.storage.cases import db_case
from bot.storage.codec import body_to_plain, buttons_of, destination_to_plain, kind_of, pack
from bot.storage.handles import db_new_handles
from bot.storage.numbers import db_new_numbers
from bot.storage.people import db_person_key
from bot.storage.roster import db_user_of
from bot.storage.seal import PersonKey, Place, Vault
from bot.storage.tables import outbox
from bot.storage.times import to_ms

_ADD = insert(outbox)


@dataclass(frozen=True)
class Road:
    """Where a send goes, as the table keeps it. Rows of one ``lane`` leave in their order."""

    kind: str
    lane: str
    person: PersonId | None
    case: CaseId | None
    carded: bool = False


def db_add_send(db: Connection, vault: Vault, send: Send, now: datetime) -> int:
    """Add a row and return its number. Raises Conflict if whom it is for is gone."""
    road = _db_road(db, vault, send)
    key = None if road.person is None else db_person_key(db, vault, road.person)
    if road.person is not None and key is None:
        raise Conflict("The person was erased meanwhile.")
    if isinstance(send.body, ShowCard):
        _db_drop_older_cards(db, road)
    (number,) = db_new_numbers(db, outbox, 1)
    values = {
        "id": number,
        "road": road.kind,
        "lane": road.lane,
        "kind": kind_of(send.body),
        "state": "waiting",
        "person_id": road.person,
        "case_id": road.case,
        "origin": send.origin.value,
        "urgent": int(send.urgent),
        "attempt": 0,
        "due_at": to_ms(now),
        "body": seal_body(vault, key, number, _db_content(db, vault, key, road, send, now)),
    }
    db.execute(_ADD, values)
    return number


def seal_body(vault: Vault, key: PersonKey | None, number: int, plain: bytes) -> bytes:
    """Return a row's content sealed for its person, or by the service if it is about nobody."""
    if key is not None:
        return key.seal(plain, "outbox", "body", str(number))
    return vault.seal(plain, body_place(number))


def body_place(number: int) -> Place:
    """Return where the content of a row about nobody rests."""
    return Place("outbox", "body", str(number))


def _db_content(
    db: Connection, vault: Vault, key: PersonKey | None, road: Road, send: Send, now: datetime
) -> bytes:
    buttons = buttons_of(send.body)
    made: tuple[str, ...] = ()
    if buttons:
        if key is None:
            raise ValueError("A button must belong to a person or to a case: name the case of the send.")
        bound = None if road.kind == "person" else road.case
        made = db_new_handles(db, vault, key, bound, buttons, now)
    return pack(
        {
            "to": destination_to_plain(send.to),
            "body": body_to_plain(send.body),
            "answers": send.answers,
            "handles": list(made),
        }
    )


def _db_road(db: Connection, vault: Vault, send: Send) -> Road:
    to = send.to
    if isinstance(to, ToPerson):
        return Road("person", f"person:{to.person}", to.person, send.case)
    if isinstance(to, ToTopic):
        found = db_case(db, vault, to.case)
        if found is None:
            raise Conflict("The hand-off is gone.")
        return Road("topic", f"topic:{to.case}", found.person, to.case, found.card is not None)
    if isinstance(to, ToGroup):
        return _db_about(db, vault, "group", vault.blind("group", to.group), send.case)
    if isinstance(to, ToAdvocate):
        if db_user_of(db, vault, to.advocate) is None:
            raise Conflict("The advocate is gone.")
        return _db_about(db, vault, "advocate", to.advocate, send.case)
    return _db_about(db, vault, "chat", vault.blind("chat", to.chat), send.case)


def _db_about(db: Connection, vault: Vault, kind: str, name: str, case: CaseId | None) -> Road:
    found = None if case is None else db_case(db, vault, case)
    if case is not None and found is None:
        raise Conflict("The hand-off is gone.")
    return Road(kind, f"{kind}:{name}", None if found is None else found.person, case)


def _db_drop_older_cards(db: Connection, road: Road) -> None:
    """Drop cards that still wait: the newest wins, and each one costs the whole group a send.

    While no card stands in the topic the oldest stays, so that it is never pushed back for ever.
    """
    waiting = (outbox.c.lane == road.lane) & (outbox.c.kind == "show_card") & (outbox.c.state == "waiting")
    dropped = delete(outbox).where(waiting)
    if not road.carded:
        oldest = select(func.min(outbox.c.id)).where(waiting).scalar_subquery()
        dropped = dropped.where(outbox.c.id > oldest)
    db.execute(dropped)
