"""Rasa's output, collected whole and told apart: what to say, and what must happen in the world."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.messages import Button, Effect, Reply
from bot.words import parse_payload


class Collector(OutputChannel):  # type: ignore[misc]
    """Takes the messages of one turn."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.effects: list[Effect] = []

    @classmethod
    def name(cls) -> str:
        """Return the channel's name; responses have no variation by channel."""
        return "harbour"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one message; actions signal effects as ``{"effect": name, …}``."""
        custom = message.get("custom") or {}
        if isinstance(custom, dict) and custom.get("effect"):
            values = {str(k): str(v) for k, v in custom.items() if k != "effect"}
            self.effects.append(Effect(str(custom["effect"]), values))
        if message.get("text"):
            buttons = [
                Button(str(button["title"]), parse_payload(str(button["payload"])))
                for button in message.get("buttons") or ()
            ]
            said = message.get("utter_action") or ""
            self.replies.append(Reply(str(message["text"]), tuple(buttons), str(said)))
