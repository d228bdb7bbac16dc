"""Outbox rows for tests, built from the few fields that matter."""

from __future__ import annotations

import itertools
from typing import Any

from bot.messages import (
    Body,
    CaseId,
    ChatId,
    Destination,
    Handle,
    Origin,
    PersonId,
    Say,
    ToGroup,
    ToPerson,
    ToTopic,
)
from bot.outbox.ports import Row

GROUP = ChatId(-1001000000001)
PERSON = ChatId(3001)
CASE = CaseId("case-of-3001")
WHO = PersonId("person-3001")
_numbers = itertools.count(1)


def row(to: Destination, body: Body, chat: int, **more: Any) -> Row:
    """A row at its first attempt."""
    fields: dict[str, Any] = {
        "id": next(_numbers),
        "origin": Origin.BOT,
        "urgent": False,
        "case": None,
        "person": None,
        "answers": None,
        "attempt": 1,
        "handles": tuple(
            Handle(f"handle-{number:015d}") for number, _ in enumerate(getattr(body, "buttons", ()))
        ),
    }
    return Row(to=to, body=body, chat=ChatId(chat), **{**fields, **more})


def to_person(body: Body | str, chat: int = PERSON, **more: Any) -> Row:
    """A row to a young person."""
    person = PersonId(f"person-{chat}")
    return row(ToPerson(person), _body(body), chat, **{"person": person, **more})


def to_topic(body: Body | str, thread: int | None, *, case: CaseId = CASE, **more: Any) -> Row:
    """A row to a topic of the group."""
    fields = {"thread": thread, "is_group": True, "case": case, "person": WHO, "origin": Origin.SYSTEM}
    return row(ToTopic(case), _body(body), GROUP, **{**fields, **more})


def to_general(body: Body | str, **more: Any) -> Row:
    """A row to the group's General topic."""
    return row(ToGroup(GROUP), _body(body), GROUP, **{"is_group": True, "origin": Origin.SYSTEM, **more})


def _body(body: Body | str) -> Body:
    return Say(body) if isinstance(body, str) else body
