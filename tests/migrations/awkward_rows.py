"""Rows as nobody would wish them: half-filled, huge, not text at all, and in every state there is."""

from __future__ import annotations

from typing import Any

Rows = dict[str, list[dict[str, Any]]]

NOT_TEXT = bytes(range(256)) + b"\xff\xfe\x00\xc3\x28\xed\xa0\x80"
HUGE = NOT_TEXT * 400
BLIND = "A-_" * 14 + "z"
LATE = 2**53
STATES = ("waiting", "sending", "sent", "uncertain", "refused")
ROADS = ("person", "topic", "group", "advocate", "chat")


def person(name: str, **more: Any) -> dict[str, Any]:
    row = {
        "id": name,
        "chat_blind": f"chat {name}",
        "wrapped_key": NOT_TEXT,
        "chat": b"",
        "version": 0,
        "reach": "open",
        "state": None,
        "seen_at": 0,
    }
    return row | more


def send(number: int, road: str, state: str, **more: Any) -> dict[str, Any]:
    row = {
        "id": number,
        "road": road,
        "lane": f"{road}:{number % 3}",
        "kind": "open_topic" if number % 5 == 0 else "say",
        "state": state,
        "person_id": "p1" if road in {"person", "topic"} else None,
        "case_id": "c1" if road == "topic" else None,
        "origin": "person",
        "urgent": number % 2,
        "attempt": number,
        "due_at": number * 1_800_000 + 1,
        "holder": "dead" if state == "sending" else None,
        "body": None if state == "sent" else NOT_TEXT,
        "ended_at": 3_600_000 if state in {"sent", "refused"} else None,
    }
    return row | more


def ground() -> Rows:
    """Rows of revision 0001."""
    sends = [(road, state) for road in ROADS for state in STATES]
    return {
        "people": [
            person("p1"),
            person("p2", state=HUGE, reach="blocked", version=2**31 - 1, seen_at=LATE),
            person("é" * 22, reach="deleted", state=b"", chat_blind=BLIND),
        ],
        "inbox": [
            _update(1, None, NOT_TEXT),
            _update(2, -5, HUGE),
            _update(3, 2**40, None, done_at=0),
            _update(4, None, None, done_at=LATE, source="timer"),
            _update(5, 0, b""),
        ],
        "lanes": [
            {"lane": BLIND, "turn": LATE, "holder": None, "lease_until": None},
            {"lane": "", "turn": 0, "holder": "h" * 80, "lease_until": 0},
        ],
        "dead_letters": [
            {"id": 9, "source": "telegram", "lane": "x", "why": "w" * 80, "body": HUGE, "set_aside_at": 0}
        ],
        "timers": [
            {"kind": "k" * 60, "person_id": "p1", "about_blind": BLIND, "about": b"", "due_at": LATE},
            {"kind": "", "person_id": "p1", "about_blind": "", "about": NOT_TEXT, "due_at": 0},
        ],
        "alarms": [
            _alarm(1, None),
            _alarm(2, 0),
        ],
        "outbox": [send(n, road, state) for n, (road, state) in enumerate(sends, start=1)],
    }


def handoffs() -> Rows:
    """Rows of revision 0002, in an order that its foreign keys allow."""
    return {
        "advocates": [
            _advocate("a1", 1),
            _advocate("a2", 0),
            _advocate("a3", 0),
        ],
        "invites": [
            {
                "token_hash": "t" * 128,
                "alias_blind": "x",
                "alias": NOT_TEXT,
                "role": "",
                "expires_at": 0,
                "used_at": None,
            },
            {
                "token_hash": "",
                "alias_blind": "x",
                "alias": b"",
                "role": "r" * 20,
                "expires_at": LATE,
                "used_at": 0,
            },
        ],
        "cases": [
            _case(1, "c1", "p1", "queued"),
            _case(2, "c2", "p1", "closed", owner="a2", topic_blind="t2"),
            _case(3, "c3", "p1", "closed"),
            _case(4, "c4", "p2", "claimed", owner="a1", topic_blind="t4", detail=HUGE),
        ],
        "handles": [
            {
                "handle_blind": "h1",
                "person_id": "p1",
                "case_id": None,
                "act": b"",
                "expires_at": 0,
                "used_at": 0,
            },
            {
                "handle_blind": "h2",
                "person_id": "p2",
                "case_id": "c4",
                "act": HUGE,
                "expires_at": LATE,
                "used_at": None,
            },
        ],
        "groups": [{"id": 5, "key_blind": "g1", "key": NOT_TEXT, "current_blind": "g2", "current": b""}],
    }


def _update(number: int, update_id: int | None, body: bytes | None, **more: Any) -> dict[str, Any]:
    row = {
        "id": number,
        "update_id": update_id,
        "source": "telegram",
        "lane": BLIND,
        "attempt": number,
        "body": body,
        "done_at": None,
    }
    return row | more


def _alarm(number: int, delivered_at: int | None) -> dict[str, Any]:
    return {
        "id": number,
        "what": "w" * 80,
        "about_blind": BLIND,
        "about": NOT_TEXT,
        "times": 2**31 - 1,
        "first_at": 0,
        "last_at": LATE,
        "delivered_at": delivered_at,
    }


def _advocate(name: str, active: int) -> dict[str, Any]:
    return {
        "id": name,
        "user_blind": f"user {name}",
        "user": NOT_TEXT,
        "alias_blind": "one alias",
        "alias": HUGE,
        "role": "advocate",
        "active": active,
        "present": 0,
    }


def _case(number: int, name: str, person_id: str, state: str, **more: Any) -> dict[str, Any]:
    row = {
        "number": number,
        "id": name,
        "code_blind": BLIND,
        "person_id": person_id,
        "topic_blind": None,
        "owner": None,
        "state": state,
        "version": 0,
        "detail": NOT_TEXT,
    }
    return row | more
