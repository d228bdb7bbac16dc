"""People and the state of their conversations. Every ``db_`` function runs in its caller's transaction."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import Conflict
from bot.messages import (
    CaseId,
    ChatId,
    Conversation,
    Holder,
    Language,
    PersonId,
    Reach,
    Tongue,
)
from bot.storage.codec import Plain, pack, unpack
from bot.storage.seal import PersonKey, Vault
from bot.storage.tables import cases, people
from bot.storage.times import to_hour_ms

_ADD = {
    "sqlite": sqlite.insert(people).on_conflict_do_nothing(index_elements=["chat_blind"]),
    "postgresql": postgresql.insert(people).on_conflict_do_nothing(index_elements=["chat_blind"]),
}
_BY_CHAT = select(people).where(people.c.chat_blind == bindparam("chat_blind"))
_BY_ID = select(people).where(people.c.id == bindparam("person"))
_SAVE = (
    update(people)
    .where(people.c.id == bindparam("person"), people.c.version == bindparam("seen_version"))
    .values(
        version=people.c.version + 1,
        reach=bindparam("new_reach"),
        state=bindparam("new_state"),
        seen_at=bindparam("new_seen"),
    )
)
_KEY = select(people.c.wrapped_key).where(people.c.id == bindparam("person"))
_CASE_EXISTS = select(exists().where(cases.c.id == bindparam("case")))
_SET_REACH = (
    update(people)
    .where(people.c.id == bindparam("person"), people.c.reach != bindparam("new_reach"))
    .values(reach=bindparam("new_reach"), version=people.c.version + 1)
)


def db_conversation_of_chat(db: Connection, vault: Vault, chat: ChatId) -> Conversation | None:
    """Return the conversation of a private chat, or ``None`` before first sight."""
    row = db.execute(_BY_CHAT, {"chat_blind": vault.blind("chat", chat)}).first()
    return None if row is None else _conversation(db, vault, row)


def db_add_person(db: Connection, vault: Vault, chat: ChatId, now: datetime) -> Conversation:
    """Return the conversation of a private chat, making the person if nobody did."""
    person = PersonId(secrets.token_urlsafe(16))
    key, wrapped = vault.new_person_key(person)
    values = {
        "id": person,
        "chat_blind": vault.blind("chat", chat),
        "wrapped_key": wrapped,
        "chat": key.seal(str(chat).encode(), "people", "chat", person),
        "version": 0,
        "reach": Reach.OPEN.value,
        "seen_at": to_hour_ms(now),
    }
    db.execute(_ADD[db.dialect.name], values)
    found = db_conversation_of_chat(db, vault, chat)
    if found is None:
        raise Conflict("The person was erased in this moment.")
    return found


def db_conversation(db: Connection, vault: Vault, person: PersonId) -> Conversation | None:
    """Return a person's conversation, or ``None`` once erased."""
    row = db.execute(_BY_ID, {"person": person}).first()
    return None if row is None else _conversation(db, vault, row)


def db_save_conversation(db: Connection, vault: Vault, conversation: Conversation, now: datetime) -> None:
    """Write the state over the version it was decided on. Raises Conflict if that is gone."""
    key = db_person_key(db, vault, conversation.person)
    sealed = None if key is None else _sealed_state(key, conversation)
    new = {"new_reach": conversation.reach.value, "new_state": sealed, "new_seen": to_hour_ms(now)}
    saved = db.execute(_SAVE, {"person": conversation.person, "seen_version": conversation.version, **new})
    if saved.rowcount != 1:
        raise Conflict("The conversation was changed meanwhile.")


def db_set_reach(db: Connection, person: PersonId, reach: Reach) -> None:
    """Write whether a person can be reached; a change counts the version up, so no stale state undoes it."""
    db.execute(_SET_REACH, {"person": person, "new_reach": reach.value})


def db_person_key(db: Connection, vault: Vault, person: PersonId) -> PersonKey | None:
    """Return a person's key, or ``None`` once erased."""
    wrapped = db.execute(_KEY, {"person": person}).scalar()
    return None if wrapped is None else vault.person_key(person, wrapped)


def db_chat_of(db: Connection, vault: Vault, person: PersonId) -> ChatId | None:
    """Return the chat of a person, or ``None`` once erased."""
    row = db.execute(_BY_ID, {"person": person}).first()
    if row is None:
        return None
    return open_chat(vault.person_key(person, row.wrapped_key), row.chat)


def open_chat(key: PersonKey, sealed: bytes) -> ChatId:
    """Return the chat id that a person's row holds."""
    return ChatId(int(key.open(sealed, "people", "chat", key.person)))


def _conversation(db: Connection, vault: Vault, row: Row[tuple[object, ...]]) -> Conversation:
    person, reach = PersonId(row.id), Reach(row.reach)
    if row.state is None:
        return Conversation(person, version=row.version, reach=reach)
    key = vault.person_key(person, row.wrapped_key)
    plain = unpack(key.open(row.state, "people", "state", person))
    case = plain["case"]
    holder = Holder(plain["holder"])
    if case is not None and not db.execute(_CASE_EXISTS, {"case": case}).scalar():
        # Only a downgrade drops hand-offs; the bot then answers again instead of nobody.
        case, holder = None, Holder.BOT
    return Conversation(
        person=person,
        version=row.version,
        holder=holder,
        case=None if case is None else CaseId(case),
        tongue=_tongue(plain["tongue"]),
        noticed=plain["noticed"],
        reach=reach,
        events=tuple(plain["events"]),
    )


def _sealed_state(key: PersonKey, conversation: Conversation) -> bytes:
    tongue = conversation.tongue
    plain: Plain = {
        "holder": conversation.holder.value,
        "case": conversation.case,
        "tongue": [tongue.chosen, tongue.hint, tongue.spoken, dict(tongue.scores), sorted(tongue.asked)],
        "noticed": conversation.noticed,
        "events": [dict(event) for event in conversation.events],
    }
    return key.seal(pack(plain), "people", "state", conversation.person)


def _tongue(plain: list[object]) -> Tongue:
    chosen, hint, spoken, scores, *later = plain
    asked = later[0] if later else ()  # Rows from before languages were asked about have four.
    return Tongue(
        chosen=None if chosen is None else Language(str(chosen)),
        hint=None if hint is None else str(hint),
        spoken=None if spoken is None else Language(str(spoken)),
        scores=dict(scores) if isinstance(scores, dict) else {},
        asked=frozenset(Language(str(tag)) for tag in asked) if isinstance(asked, list) else frozenset(),
    )
