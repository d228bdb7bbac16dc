"""Actions that misbehave on purpose: one never ends, one raises, one looks for a way out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action


class ActionHang(Action):
    def name(self) -> str:
        return "action_hang"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        while True:
            len("busy")


class ActionBreak(Action):
    def name(self) -> str:
        return "action_break"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        raise RuntimeError("CANARY-OF-AN-ERROR")


class ActionLookAround(Action):
    """Tries every way out of the process and tells, as an effect, what came of each."""

    def name(self) -> str:
        return "action_look_around"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        print("CANARY-PRINTED")
        os.write(1, b"CANARY-WRITTEN")
        os.write(2, b"CANARY-WRITTEN")
        heavy = {"tensorflow", "sklearn", "sqlalchemy", "boto3", "matplotlib"}
        tried = {name: _try(attempt) for name, attempt in ATTEMPTS.items()}
        dispatcher.utter_message(
            json_message={
                "effect": "seen",
                "environment": ",".join(sorted(os.environ)),
                "heavy": ",".join(sorted(heavy & set(sys.modules))),
                **tried,
            }
        )
        return []


def _try(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except Exception as problem:
        return type(problem).__name__
    return "done"


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


ATTEMPTS: dict[str, Callable[[], Any]] = {
    "connect": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
    "tcp": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "udp": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
    "local_connect": lambda: socket.socket(socket.AF_UNIX).connect("/tmp/nothing"),
    "local_bind": lambda: socket.socket(socket.AF_UNIX).bind("\0harbour-test"),
    "lookup": lambda: socket.getaddrinfo("localhost", 80),
    "program": lambda: subprocess.run(["true"], check=False),
    "shell": lambda: os.system("true"),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "fork": _fork,
}
