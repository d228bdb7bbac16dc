"""Our values as bytes and back, for sealing. Lone surrogates survive; nothing here is logged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.messages import (
    Act,
    AdvocateId,
    Body,
    Button,
    CaseId,
    ChatId,
    Destination,
    OpenTopic,
    PersonId,
    React,
    Say,
    SetTopic,
    ShowCard,
    ToAdvocate,
    ToChat,
    ToGroup,
    ToPerson,
    ToTopic,
)

Plain = Mapping[str, Any]


def pack(value: Any) -> bytes:
    """Return plain JSON values as compact UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def unpack(data: bytes) -> Any:
    """Return what ``pack`` was given."""
    return json.loads(data.decode("utf-8", "surrogatepass"))


def act_to_plain(act: Act) -> Plain:
    """Return an act as plain values."""
    return {"name": act.name, "values": dict(act.values)}


def act_from_plain(plain: Plain) -> Act:
    """Return the act again."""
    return Act(plain["name"], plain["values"])


def kind_of(body: Body) -> str:
    """Return the short word for a body's type, as it stands in ``outbox.kind``."""
    return _KINDS[type(body)]


def buttons_of(body: Body) -> tuple[Button, ...]:
    """Return the buttons a body carries."""
    return body.buttons if isinstance(body, Say | ShowCard) else ()


def body_to_plain(body: Body) -> Plain:
    """Return a body as plain values."""
    plain = dict(vars(body))
    if isinstance(body, Say | ShowCard):
        plain["buttons"] = [{"label": b.label, "act": act_to_plain(b.act)} for b in body.buttons]
    return {"kind": kind_of(body), **plain}


def body_from_plain(plain: Plain) -> Body:
    """Return the body again."""
    fields = {name: value for name, value in plain.items() if name != "kind"}
    if "buttons" in fields:
        fields["buttons"] = tuple(Button(b["label"], act_from_plain(b["act"])) for b in fields["buttons"])
    body: Body = _BODIES[plain["kind"]](**fields)
    return body


def destination_to_plain(to: Destination) -> list[Any]:
    """Return where a row goes as plain values."""
    if isinstance(to, ToPerson):
        return ["person", to.person]
    if isinstance(to, ToTopic):
        return ["topic", to.case]
    if isinstance(to, ToGroup):
        return ["group", to.group]
    if isinstance(to, ToAdvocate):
        return ["advocate", to.advocate]
    return ["chat", to.chat]


def destination_from_plain(plain: list[Any]) -> Destination:
    """Return where a row goes again."""
    road, value = plain
    if road == "person":
        return ToPerson(PersonId(value))
    if road == "topic":
        return ToTopic(CaseId(value))
    if road == "group":
        return ToGroup(ChatId(value))
    if road == "advocate":
        return ToAdvocate(AdvocateId(value))
    return ToChat(ChatId(value))


_BODIES: dict[str, Any] = {
    "say": Say,
    "open_topic": OpenTopic,
    "show_card": ShowCard,
    "set_topic": SetTopic,
    "react": React,
}
_KINDS: dict[type, str] = {made: kind for kind, made in _BODIES.items()}
