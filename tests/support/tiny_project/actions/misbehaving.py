"""An action that never ends and one that raises, for the tests of deadline and apology."""

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
        raise RuntimeError("secret words of a person")
