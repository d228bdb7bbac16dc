"""What follows from how a send ended: pure rules from a row and a result to changes and a next attempt.

A row to a person whose end is uncertain is never repeated by machine. Into the group it is sent again and
says so; what makes nothing twice (a card, a topic's state, a reaction) is simply tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.messages import (
    Act,
    Alarm,
    Button,
    Change,
    MoveGroup,
    OpenTopic,
    Origin,
    Reach,
    React,
    Say,
    Send,
    SetReach,
    SetTimer,
    Timer,
    ToAdvocate,
    ToChat,
    ToPerson,
    ToTopic,
)
from bot.outbox.ports import End, Refusal, Result, Row

ANSWER_AGAIN = "answer_again"
"""Kind of the timer that offers the bot's answer again; ``about`` is the row's number."""

OFFERS_AGAIN = "again"
"""Act of the button on such an offer: an uncertain offer brings no further one by itself."""

DELIVERED = "👌"
TOPIC_TURNS_UP = timedelta(seconds=10)
"""If a topic was made though nobody told us, its own service message comes within this time."""

GROUP_MENDED = timedelta(seconds=60)
"""A group that refuses us is tried again this often; what waits for it is kept."""

LONGEST_BACKOFF_SECONDS = 60.0


class Notices(Protocol):
    """What the outbox tells advocates, in their language; never anyone's words."""

    def uncertain(self, origin: Origin) -> str:
        """Say that it is not known whether a message of this origin reached the person."""

    def send_again(self) -> str:
        """Return the label of the button that sends it again."""

    def unreachable(self) -> str:
        """Say that the person has blocked the bot or is gone."""

    def not_delivered(self) -> str:
        """Say that a message did not reach the person."""

    def may_be_repeat(self) -> str:
        """Return the mark before a text that may stand in the group already."""


@dataclass(frozen=True)
class Aftermath:
    """How the row is settled, what else changes, and when it is tried again (``None``: it has ended)."""

    result: Result
    changes: tuple[Change, ...] = ()
    retry_at: datetime | None = None


class Rules:
    """The rules; ``jitter`` gives a number from 0 to 1."""

    def __init__(self, notices: Notices, jitter: Callable[[], float]) -> None:
        self._notices = notices
        self._jitter = jitter

    def after(self, row: Row, result: Result, now: datetime, topic_again: Sequence[Change] = ()) -> Aftermath:
        """Return what follows; ``topic_again`` makes the row's topic anew if it is gone."""
        match result.end:
            case End.SENT:
                return Aftermath(result, self._delivered(row))
            case End.NOT_SENT:
                return self._not_sent(row, result, now)
            case End.UNCERTAIN:
                return self._uncertain(row, result, now)
            case End.REFUSED:
                return self._refused(row, result, now, topic_again)

    def mark(self) -> str:
        """Return the mark before a text that may be a repeat."""
        return self._notices.may_be_repeat()

    def _delivered(self, row: Row) -> tuple[Change, ...]:
        """Show the advocate, once Telegram has it, that their message was delivered."""
        if row.case is None or row.answers is None or row.origin is not Origin.ADVOCATE:
            return ()
        body = React(row.answers, DELIVERED)
        return (Send(ToTopic(row.case), body, Origin.SYSTEM, row.urgent, row.case),)

    def _not_sent(self, row: Row, result: Result, now: datetime) -> Aftermath:
        wait = self._backoff(row) if result.retry_after is None else result.retry_after
        changes: tuple[Change, ...] = ()
        if result.refusal is Refusal.UNAUTHORIZED:
            changes = (Alarm("telegram refuses the token"),)
        return Aftermath(result, changes, now + timedelta(seconds=wait))

    def _backoff(self, row: Row) -> float:
        """Return seconds: doubling from one, at most sixty, spread so that rows do not return as one."""
        longest = min(2.0 ** min(row.attempt - 1, 10), LONGEST_BACKOFF_SECONDS)
        return longest * (0.5 + self._jitter() / 2)

    def _uncertain(self, row: Row, result: Result, now: datetime) -> Aftermath:
        if isinstance(row.to, ToPerson):
            return Aftermath(result, self._doubt(row, now))
        if isinstance(row.to, ToChat):
            # Nobody's chat yet: whoever waits there asks again.
            return Aftermath(result, (Alarm("uncertain send", str(row.id)),))
        if isinstance(row.body, OpenTopic):
            return Aftermath(replace(result, end=End.NOT_SENT), (), now + TOPIC_TURNS_UP)
        return Aftermath(replace(result, end=End.NOT_SENT), (), now + timedelta(seconds=self._backoff(row)))

    def _doubt(self, row: Row, now: datetime) -> tuple[Change, ...]:
        """Show the doubt: an advocate's to the advocates with a button, ours to the person as an offer.

        The offer is a timer: when it comes due, whoever holds the conversation then is told.
        """
        changes: list[Change] = []
        if row.case is not None and row.origin is Origin.ADVOCATE:
            button = Button(self._notices.send_again(), Act("resend", {"row": str(row.id)}))
            body = Say(self._notices.uncertain(row.origin), (button,))
            # Urgent: the advocate is to know within a minute, however busy the group is.
            changes.append(Send(ToTopic(row.case), body, Origin.SYSTEM, True, row.case))
        if row.origin is not Origin.ADVOCATE and row.person is not None and not _is_offer(row):
            changes.append(SetTimer(Timer(ANSWER_AGAIN, row.person, now, str(row.id))))
        if not changes and not _is_offer(row):
            changes.append(Alarm("uncertain send", str(row.id)))
        return tuple(changes)

    def _refused(self, row: Row, result: Result, now: datetime, topic_again: Sequence[Change]) -> Aftermath:
        match result.refusal:
            case Refusal.NOT_MODIFIED:
                return Aftermath(replace(result, end=End.SENT, message=None))
            case Refusal.MIGRATED if result.moved_to is not None:
                changes = (MoveGroup(row.chat, result.moved_to), Alarm("group migrated"))
                return Aftermath(replace(result, end=End.NOT_SENT), changes, now)
            case Refusal.TOPIC_GONE if topic_again:
                return Aftermath(replace(result, end=End.NOT_SENT), tuple(topic_again), now)
            case _ if isinstance(row.body, React):
                return Aftermath(result)
            case _ if row.is_group:
                return self._group_refused(row, result, now)
            case Refusal.BLOCKED | Refusal.DELETED | Refusal.CHAT_NOT_FOUND:
                return self._unreachable(row, result, now)
            case _:
                return Aftermath(result, self._not_delivered(row, result.refusal))

    def _group_refused(self, row: Row, result: Result, now: datetime) -> Aftermath:
        """Keep what waits for a group that refuses us, and call somebody; drop only what cannot be right."""
        refusal = result.refusal
        if refusal in {Refusal.TOPIC_GONE, Refusal.BAD_REQUEST, Refusal.MESSAGE_GONE}:
            return Aftermath(result, (Alarm(f"refused: {_word(refusal)}", str(row.id)),))
        alarm = Alarm(f"group refuses: {_word(refusal)}")
        return Aftermath(replace(result, end=End.NOT_SENT), (alarm,), now + GROUP_MENDED)

    def _unreachable(self, row: Row, result: Result, now: datetime) -> Aftermath:
        """Keep that a person cannot be reached, and tell their topic; their rows wait for their return."""
        if row.person is None or not isinstance(row.to, ToPerson):
            about = row.to.advocate if isinstance(row.to, ToAdvocate) else str(row.id)
            return Aftermath(result, (Alarm("private chat refuses", about),))
        gone = result.refusal is Refusal.DELETED
        reach = SetReach(row.person, Reach.DELETED if gone else Reach.BLOCKED)
        changes = (reach, *self._tell_topic(row, self._notices.unreachable()))
        if gone:
            return Aftermath(result, changes)
        return Aftermath(replace(result, end=End.NOT_SENT), changes, now)

    def _not_delivered(self, row: Row, refusal: Refusal | None) -> tuple[Change, ...]:
        alarm = Alarm(f"refused: {_word(refusal)}", str(row.id))
        return (alarm, *self._tell_topic(row, self._notices.not_delivered()))

    def _tell_topic(self, row: Row, text: str) -> tuple[Change, ...]:
        if row.case is None:
            return ()
        return (Send(ToTopic(row.case), Say(text), Origin.SYSTEM, row.urgent, row.case),)


def _is_offer(row: Row) -> bool:
    """Whether the row itself only offers an answer again."""
    return isinstance(row.body, Say) and any(button.act.name == OFFERS_AGAIN for button in row.body.buttons)


def _word(refusal: Refusal | None) -> str:
    return refusal.value if refusal else "unknown"
