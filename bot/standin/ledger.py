"""What each person was truly shown: the stand-in's witness for every test."""

from __future__ import annotations

from bot.standin.clock import Clock
from bot.standin.model import Message
from bot.standin.problems import JSON


class Ledger:
    """Per person, every message their phone ever displayed, in the order it did."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pages: dict[int, list[JSON]] = {}
        self._where: dict[tuple[int, int], list[JSON]] = {}

    def page(self, user: int) -> list[JSON]:
        """Return what one person was shown."""
        return self._pages.get(user, [])

    def pages(self) -> dict[str, list[JSON]]:
        """Return everybody's page by their id."""
        return {str(user): page for user, page in self._pages.items()}

    def show(self, message: Message, users: list[int]) -> None:
        """Write that these people's phones display the message now."""
        for user in users:
            entry: JSON = {
                "chat": message.chat,
                "thread": message.thread if message.topical else None,
                "message": message.id,
                "from": message.sender,
                "kind": message.kind,
                "text": message.words,
                "shown_at": self._clock.now(),
                "edits": [],
                "deleted_at": None,
                "buttons": message.buttons,
                "own": user == message.sender,
            }
            self._pages.setdefault(user, []).append(entry)
            self._where.setdefault((message.chat, message.id), []).append(entry)

    def edit(self, message: Message) -> None:
        """Write that the message now reads differently."""
        for entry in self._where.get((message.chat, message.id), []):
            entry["edits"].append(
                {"text": message.words, "buttons": message.buttons, "at": self._clock.now()}
            )

    def delete(self, message: Message) -> None:
        """Write that the message vanished."""
        for entry in self._where.get((message.chat, message.id), []):
            entry["deleted_at"] = self._clock.now()

    def find(self, user: int, contains: str, since: int = 0) -> JSON | None:
        """Return the first message of someone else that showed these words, from entry `since` on."""
        for entry in self.page(user)[since:]:
            shown = [entry["text"], *(edit["text"] for edit in entry["edits"])]
            if not entry["own"] and any(contains in text for text in shown):
                return entry
        return None
