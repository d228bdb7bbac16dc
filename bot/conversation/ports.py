"""What the walk needs from the other rooms, as protocols; the rooms fit these, not the reverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.messages import (
    Act,
    Advocate,
    AdvocateId,
    Answer,
    Case,
    CaseId,
    Change,
    ChatId,
    Conversation,
    Language,
    PersonId,
    Reply,
    Turn,
    Understanding,
    Whereabouts,
)


class Store(Protocol):
    """Our rows. Reads are single short transactions; ``commit`` is the only write."""

    async def person(self, chat: ChatId) -> Conversation:
        """Return the conversation of this private chat, making the person on first sight."""

    async def conversation(self, person: PersonId) -> Conversation | None:
        """Return a person's conversation, or ``None`` once erased."""

    async def advocate_by_user(self, user: ChatId) -> Advocate | None:
        """Return the active enrolled advocate with this Telegram id, read anew each time."""

    async def advocate(self, advocate: AdvocateId) -> Advocate | None:
        """Return an advocate by our id, active or not."""

    async def home_of(self, group: ChatId) -> ChatId | None:
        """Return the configured id of the group that now has this id; ``None`` if it is not ours."""

    async def case(self, case: CaseId) -> Case | None:
        """Return a case."""

    async def case_of_topic(self, group: ChatId, thread: int) -> Case | None:
        """Return the case whose topic this is (``group``: as configured); never guessed from text."""

    async def invite(self, token_hash: str) -> str | None:
        """Return the alias an unspent, unexpired invitation enrols, or ``None``."""

    async def case_by_code(self, code: str) -> Case | None:
        """Return the newest case with this code."""

    async def act_of_person(self, handle: str, person: PersonId, now: datetime) -> Act | None:
        """Return what a person's button stands for, if it is theirs, unspent and not expired."""

    async def act_of_case(self, handle: str, case: CaseId, now: datetime) -> Act | None:
        """Return what a button in this case's topic stands for, if unspent and not expired."""

    async def is_uncertain(self, row: int) -> bool:
        """Tell whether this outbox row's end is still uncertain, so that a human may send it again."""

    async def commit(self, item: int | None, changes: Sequence[Change]) -> None:
        """Carry out all changes and mark the inbox row done, in one transaction.

        Raises:
            Conflict: If a version or a one-use thing was changed by someone else; nothing was written.
        """


class Engine(Protocol):
    """Understanding and dialogue, in a child process."""

    async def turn(self, turn: Turn) -> Answer:
        """Answer one message. Raises EngineDown within its deadline if it cannot."""

    async def parse(self, text: str, language: Language | None = None) -> Understanding:
        """Understand one message without answering. Raises EngineDown likewise."""


class Words(Protocol):
    """Reviewed text: a response's name and a language in, text and buttons out."""

    def say(
        self,
        name: str,
        language: Language | None,
        /,
        *,
        slots: Mapping[str, str] | None = None,
        **values: str,
    ) -> Reply:
        """Return the response in that language (English where it is missing), placeholders filled."""

    def languages(self) -> Sequence[tuple[Language, str]]:
        """Return the languages with a catalogue, each with its own name, English first."""


class Countries(Protocol):
    """Names of countries, and in which our numbers work."""

    def name(self, code: str, language: str | None) -> str:
        """Return what a country (ISO 3166) is called in a language."""

    def region(self, code: str) -> str:
        """Return ``eu``, ``europe`` or an empty text."""


class Map(Protocol):
    """Where a point is, without any network."""

    def where(self, latitude: float, longitude: float, accuracy_m: float = 0.0) -> Whereabouts:
        """Return what is known of a point, in degrees; keeps nothing of it."""


class Clock(Protocol):
    """Now, in aware UTC."""

    def __call__(self) -> datetime: ...
