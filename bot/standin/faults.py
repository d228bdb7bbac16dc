"""The plan of what goes wrong, and when."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from bot.standin.problems import (
    JSON,
    ApiError,
    ControlError,
    bad_request,
    conflict,
    forbidden,
    too_many_requests,
)

REFUSALS = frozenset({"400", "403", "429", "500", "502", "504", "401", "404", "409"})
"""Answers given instead of doing what was asked."""
CUTS_BEFORE = frozenset({"reset_before", "refuse"})
CUTS_AFTER = frozenset({"reset_after", "lost_reply", "half_body"})
SPOILS = frozenset({"slow", "broken_json"})
HAPPENING = "event"
"""Something happens in the world just before the call, then the call goes on as usual."""
DUPLICATE = "duplicate"
"""A webhook request that is sent twice."""
ACTIONS = REFUSALS | CUTS_BEFORE | CUTS_AFTER | SPOILS | {HAPPENING, DUPLICATE}

WORDS = {"500": "Internal Server Error", "502": "Bad Gateway", "504": "Gateway Time-out"}


@dataclass
class Fault:
    """One entry of the plan."""

    id: int
    method: str
    action: str
    match: JSON = field(default_factory=dict)
    nth: int | None = None
    times: int = 1
    retry_after: int = 1
    description: str = ""
    """The words of a 400 or 403, such as `message thread not found`."""
    applied: bool = False
    """Whether a 500, 502 or 504 comes although the call was carried out."""
    event: str = ""
    body: JSON = field(default_factory=dict)
    interval: float = 0.02
    """Seconds between two bytes of a slow answer."""
    seen: int = 0
    fired: int = 0

    def fits(self, method: str, parameters: JSON) -> bool:
        """Whether a call is one of those meant."""
        if self.method not in {"*", method} or (self.method == "*" and method == "webhook"):
            return False
        return all(str(parameters.get(key)) == str(value) for key, value in self.match.items())

    def due(self) -> bool:
        """Count a fitting call; whether it is one that goes wrong."""
        self.seen += 1
        if self.seen < (self.nth or 1):
            return False
        self.fired += 1
        return True

    def told(self) -> JSON:
        """Return the entry as the control API tells it."""
        return {
            "id": self.id, "method": self.method, "action": self.action, "match": self.match, "nth": self.nth,
            "times": self.times, "left": self.times - self.fired, "retry_after": self.retry_after,
            "applied": self.applied, "event": self.event,
        }  # fmt: skip


class Faults:
    """The plan; entries leave it once they have gone wrong as often as planned."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._plan: list[Fault] = []

    def add(self, told: JSON) -> Fault:
        """Add an entry as the control API tells it."""
        action, method = str(told.get("action", "")), str(told.get("method", "*"))
        if action not in ACTIONS:
            raise ControlError(f"action is one of {', '.join(sorted(ACTIONS))}")
        if action in {"400", "403"} and not told.get("description"):
            raise ControlError(f"a {action} needs a description")
        if (action == DUPLICATE) != (method == "webhook"):
            raise ControlError("duplicate is for method webhook, and webhook for duplicate")
        fault = Fault(
            next(self._ids), method, action, dict(told.get("match") or {}),
            nth=_whole(told, "nth", None), times=_whole(told, "times", 1) or 1,
            retry_after=_whole(told, "retry_after", 1) or 1, applied=bool(told.get("applied")),
            event=str(told.get("event", "")), body=dict(told.get("body") or {}),
            description=str(told.get("description", "")), interval=float(told.get("interval", 0.02)),
        )  # fmt: skip
        self._plan.append(fault)
        return fault

    def clear(self) -> None:
        """Plan nothing."""
        self._plan.clear()

    def told(self) -> list[JSON]:
        """Return the plan as the control API tells it."""
        return [fault.told() for fault in self._plan]

    def take(self, method: str, parameters: JSON) -> Fault | None:
        """Return the fault that strikes this call; every fitting entry counts the call."""
        struck: Fault | None = None
        for fault in [fault for fault in self._plan if fault.fits(method, parameters)]:
            if struck is not None:
                fault.seen += fault.nth is not None
            elif fault.due():
                struck = fault
                if fault.fired >= fault.times:
                    self._plan.remove(fault)
        return struck


def refusal(fault: Fault) -> ApiError | None:
    """Return the JSON refusal of a fault, or None for those that answer with a web page."""
    if fault.action == "400":
        return bad_request(fault.description)
    if fault.action == "403":
        return forbidden(fault.description)
    if fault.action == "429":
        return too_many_requests(fault.retry_after)
    if fault.action == "401":
        return ApiError(401, "Unauthorized")
    if fault.action == "404":
        return ApiError(404, "Not Found")
    if fault.action == "409":
        return conflict(
            "terminated by other getUpdates request; make sure that only one bot instance is running"
        )
    return None


def gateway_page(action: str) -> str:
    """Return what stands in front of Telegram answers when Telegram does not."""
    title = f"{action} {WORDS[action]}"
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
    )


def _whole(told: JSON, key: str, default: int | None) -> int | None:
    value: Any = told.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ControlError(f"{key} is a whole number from 1")
    return value
