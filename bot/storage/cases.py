"""Hand-offs. The database itself refuses a second open case of a person and a second case of a topic."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.errors import Conflict
from bot.messages import AdvocateId, Case, CaseId, CaseState, ChatId, Language, PersonId
from bot.storage.codec import pack, unpack
from bot.storage.groups import db_oldest_group
from bot.storage.people import db_person_key
from bot.storage.seal import PersonKey, Vault
from bot.storage.tables import cases, outbox, people
from bot.storage.times import from_ms, to_hour_ms, to_ms

_WITH_KEY = select(cases, people.c.wrapped_key).join(people, people.c.id == cases.c.person_id)
_BY_ID = _WITH_KEY.where(cases.c.id == bindparam("case"))
_BY_TOPIC = _WITH_KEY.where(cases.c.topic_blind == bindparam("topic"))


def db_case(db: Connection, vault: Vault, case: CaseId) -> Case | None:
    """Return a case, or ``None``."""
    return _opened(vault, db.execute(_BY_ID, {"case": case}).first())


def db_case_of_topic(db: Connection, vault: Vault, group: ChatId, thread: int) -> Case | None:
    """Return the case whose topic this is, whatever id the group has by now."""
    blind = _topic_blind(db, vault, group, thread)
    return _opened(vault, db.execute(_BY_TOPIC, {"topic": blind}).first())


def db_case_by_code(db: Connection, vault: Vault, code: str) -> Case | None:
    """Return the newest case with this code."""
    found = _WITH_KEY.where(cases.c.code_blind == _code_blind(vault, code))
    return _opened(vault, db.execute(found.order_by(cases.c.number.desc()).limit(1)).first())


def db_open_case(db: Connection, vault: Vault, case: Case) -> None:
    """Add a case. Raises Conflict if the person has an open one, or is erased."""
    key = _key(db, vault, case.person)
    # The unique index would refuse it too, but an error costs PostgreSQL the whole transaction.
    already = select(cases.c.id).where(cases.c.person_id == case.person, cases.c.state != "closed")
    if db.execute(already).first() is not None:
        raise Conflict("The person has an open hand-off.")
    db.execute(insert(cases).values(id=case.id, person_id=case.person, **_values(db, vault, key, case)))


def db_save_case(db: Connection, vault: Vault, case: Case) -> None:
    """Write a case over the version it was decided on. Raises Conflict if that is gone."""
    values = _values(db, vault, _key(db, vault, case.person), case) | {"version": case.version + 1}
    saved = db.execute(
        update(cases)
        .where(
            cases.c.id == case.id,
            cases.c.person_id == case.person,
            cases.c.version == case.version,
        )
        .values(**values)
    )
    if saved.rowcount != 1:
        raise Conflict("The hand-off was changed meanwhile.")


def db_note_thread(db: Connection, vault: Vault, case: CaseId, thread: int) -> bool:
    """Write the topic that was opened for a case; nothing if the case is gone.

    Returns:
        False if another open case has this topic: two people must never meet in one.
    """
    found = db_case(db, vault, case)
    if found is None:
        return True
    holder = db_case_of_topic(db, vault, found.group, thread)
    if holder is not None and holder.id != case:
        if holder.state is not CaseState.CLOSED:
            return False
        # Telegram gives no topic twice, but a stand-in that starts anew counts from the beginning.
        db_save_case(db, vault, replace(holder, thread=None, card=None))
    db_save_case(db, vault, replace(found, thread=thread))
    return True


def db_adopt_topic(db: Connection, vault: Vault, case: CaseId, thread: int, now: datetime) -> bool:
    """Take a topic that turned up, and end what would open another; nothing if the case has one.

    Returns:
        False if another open case has this topic.
    """
    found = db_case(db, vault, case)
    if found is None or found.thread is not None:
        return True
    db.execute(
        update(outbox)
        .where(
            outbox.c.case_id == case,
            outbox.c.kind == "open_topic",
            outbox.c.state.in_(("waiting", "sending", "uncertain")),
        )
        .values(state="sent", body=None, holder=None, ended_at=to_hour_ms(now))
    )
    return db_note_thread(db, vault, case, thread)


def db_note_card(db: Connection, vault: Vault, case: CaseId, card: int) -> None:
    """Write which message is the case's card; nothing if it is known or the case is gone."""
    found = db_case(db, vault, case)
    if found is not None and found.card != card:
        db_save_case(db, vault, replace(found, card=card))


def _topic_blind(db: Connection, vault: Vault, group: ChatId, thread: int) -> str:
    return vault.blind("topic", f"{db_oldest_group(db, vault, group)}:{thread}")


def open_case(key: PersonKey, row: Any) -> Case:
    """Return the case of a row with the columns of ``cases``, its person's key at hand."""
    detail = unpack(key.open(row.detail, "cases", "detail", row.id))
    opened_at = detail["opened_at"]
    return Case(
        id=CaseId(row.id),
        code=detail["code"],
        person=PersonId(row.person_id),
        group=ChatId(detail["group"]),
        version=row.version,
        state=CaseState(row.state),
        owner=None if row.owner is None else AdvocateId(row.owner),
        urgent=detail["urgent"],
        need=detail["need"],
        language=None if detail["language"] is None else Language(detail["language"]),
        thread=detail["thread"],
        card=detail["card"],
        opened_at=None if opened_at is None else from_ms(opened_at),
    )


def _opened(vault: Vault, row: Row[Any] | None) -> Case | None:
    if row is None:
        return None
    return open_case(vault.person_key(PersonId(row.person_id), row.wrapped_key), row)


def _values(db: Connection, vault: Vault, key: PersonKey, case: Case) -> dict[str, Any]:
    detail = {
        "code": case.code,
        "group": case.group,
        "urgent": case.urgent,
        "need": case.need,
        "language": case.language,
        "thread": case.thread,
        "card": case.card,
        "opened_at": None if case.opened_at is None else to_ms(case.opened_at),
    }
    return {
        "code_blind": _code_blind(vault, case.code),
        "topic_blind": None if case.thread is None else _topic_blind(db, vault, case.group, case.thread),
        "owner": case.owner,
        "state": case.state.value,
        "version": case.version,
        "detail": key.seal(pack(detail), "cases", "detail", case.id),
    }


def _key(db: Connection, vault: Vault, person: PersonId) -> PersonKey:
    key = db_person_key(db, vault, person)
    if key is None:
        raise Conflict("The person was erased meanwhile.")
    return key


def _code_blind(vault: Vault, code: str) -> str:
    return vault.blind("case code", code.upper())
