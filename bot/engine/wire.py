"""Our values as JSON and back, for the pipe between parent and child."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.messages import Act, Answer, Button, Effect, Language, Reply, Tongue, Turn, Understanding

Json = dict[str, Any]


def turn_out(turn: Turn) -> Json:
    """Return a turn as JSON."""
    return {
        "events": [dict(event) for event in turn.events],
        "tongue": tongue_out(turn.tongue),
        "text": turn.text,
        "intent": turn.intent,
        "entities": dict(turn.entities),
        "slots": dict(turn.slots),
    }


def turn_in(json: Mapping[str, Any]) -> Turn:
    """Return the turn that JSON holds."""
    return Turn(
        events=tuple(json["events"]),
        tongue=tongue_in(json["tongue"]),
        text=json["text"],
        intent=json["intent"],
        entities=json["entities"],
        slots=json["slots"],
    )


def tongue_out(tongue: Tongue) -> Json:
    """Return a tongue as JSON."""
    return {
        "chosen": tongue.chosen,
        "hint": tongue.hint,
        "spoken": tongue.spoken,
        "scores": dict(tongue.scores),
        "unsure": list(tongue.unsure),
        "asked": sorted(tongue.asked),
    }


def tongue_in(json: Mapping[str, Any]) -> Tongue:
    """Return the tongue that JSON holds."""
    return Tongue(
        chosen=_tag(json["chosen"]),
        hint=json["hint"],
        spoken=_tag(json["spoken"]),
        scores=json["scores"],
        unsure=tuple(map(Language, json["unsure"])),
        asked=frozenset(map(Language, json["asked"])),
    )


def understanding_out(understanding: Understanding) -> Json:
    """Return an understanding as JSON."""
    return {
        "intent": understanding.intent,
        "confidence": understanding.confidence,
        "ranking": [list(row) for row in understanding.ranking],
        "language": understanding.language,
        "danger": understanding.danger,
        "danger_score": understanding.danger_score,
        "entities": [list(entity) for entity in understanding.entities],
    }


def understanding_in(json: Mapping[str, Any]) -> Understanding:
    """Return the understanding that JSON holds."""
    return Understanding(
        intent=json["intent"],
        confidence=json["confidence"],
        ranking=tuple((name, confidence) for name, confidence in json["ranking"]),
        language=Language(json["language"]),
        danger=json["danger"],
        danger_score=json["danger_score"],
        entities=tuple((name, value) for name, value in json["entities"]),
    )


def answer_out(answer: Answer) -> Json:
    """Return an answer as JSON."""
    return {
        "replies": [_reply_out(reply) for reply in answer.replies],
        "effects": [{"name": effect.name, "values": dict(effect.values)} for effect in answer.effects],
        "events": [dict(event) for event in answer.events],
        "understanding": understanding_out(answer.understanding),
        "tongue": tongue_out(answer.tongue),
    }


def answer_in(json: Mapping[str, Any]) -> Answer:
    """Return the answer that JSON holds."""
    return Answer(
        replies=tuple(_reply_in(reply) for reply in json["replies"]),
        effects=tuple(Effect(effect["name"], effect["values"]) for effect in json["effects"]),
        events=tuple(json["events"]),
        understanding=understanding_in(json["understanding"]),
        tongue=tongue_in(json["tongue"]),
    )


def _reply_out(reply: Reply) -> Json:
    buttons = [{"label": b.label, "act": b.act.name, "values": dict(b.act.values)} for b in reply.buttons]
    return {"text": reply.text, "buttons": buttons, "name": reply.name}


def _reply_in(json: Mapping[str, Any]) -> Reply:
    buttons = tuple(Button(b["label"], Act(b["act"], b["values"])) for b in json["buttons"])
    return Reply(json["text"], buttons, json["name"])


def _tag(value: str | None) -> Language | None:
    return Language(value) if value is not None else None
