"""When it is not known whether a message arrived: nothing is repeated to a person unless they tap.

A neutral "tap to see my answer again" goes out instead, at most three times, further and further apart.
A topic whose creation ended uncertain is taken by its name when it turns up.
"""

from __future__ import annotations

from datetime import timedelta

from bot.conversation.handoff import Handoff
from bot.conversation.ports import Clock, Store, Words
from bot.messages import (
    Act,
    AdoptTopic,
    Button,
    Change,
    Conversation,
    DropTimers,
    FromGroup,
    Handle,
    Holder,
    Origin,
    Resend,
    Say,
    Send,
    SetTimer,
    Timer,
    TimerDue,
    ToPerson,
    TopicEvent,
    UseHandle,
)

ANSWER_AGAIN = "answer_again"
"""Kind of the timer; ``about`` is ``"<outbox row>"`` or ``"<outbox row>:<nudges sent>"``."""

SPACING = (timedelta(seconds=0), timedelta(minutes=10), timedelta(hours=1))
"""Wait before each nudge after the one before it; its length is how many go out."""


class Repeats:
    """Nudges, taps on them, and topics that turned up late."""

    def __init__(self, store: Store, words: Words, handoff: Handoff, clock: Clock) -> None:
        self._store = store
        self._words = words
        self._handoff = handoff
        self._clock = clock

    async def nudge(self, timer: TimerDue) -> list[Change]:
        """Offer an answer of the bot again, in neutral words; if a human took over, tell them instead."""
        conversation = await self._store.conversation(timer.person)
        if timer.kind != ANSWER_AGAIN or conversation is None:
            return []
        row, _, sent = timer.about.partition(":")
        if not await self._store.is_uncertain(int(row)):
            return []
        if conversation.holder is Holder.ADVOCATE:
            return [] if sent else await self._tell_advocate(conversation, row)
        number = int(sent or 0) + 1
        offer = self._words.say("utter_answer_again", conversation.tongue.spoken)
        label = self._words.say("label_again", conversation.tongue.spoken).text
        button = Button(label, Act("again", {"row": row}))
        changes: list[Change] = [
            Send(ToPerson(conversation.person), Say(offer.text, (button,)), Origin.SYSTEM, case=None)
        ]
        if number < len(SPACING):
            due = self._clock() + SPACING[number]
            changes.append(SetTimer(Timer(ANSWER_AGAIN, conversation.person, due, f"{row}:{number}")))
        return changes

    async def _tell_advocate(self, conversation: Conversation, row: str) -> list[Change]:
        """The bot stays silent while an advocate holds; whether to say it again is theirs to decide."""
        case = await self._store.case(conversation.case) if conversation.case else None
        return [] if case is None else [self._handoff.doubt(case, row)]

    async def again(self, conversation: Conversation, row: int) -> list[Change]:
        """The person tapped: send that answer once more, unless it was, and stop offering it."""
        stop: list[Change] = [DropTimers(conversation.person, ANSWER_AGAIN)]
        return [Resend(row), *stop] if await self._store.is_uncertain(row) else stop

    def spend(self, handle: str) -> Change:
        """Return the change that makes a button work only once."""
        return UseHandle(Handle(handle))

    async def adopt_topic(self, group: FromGroup, event: TopicEvent) -> list[Change]:
        """Take a topic of ours whose creation was uncertain; its name ends with the case's code."""
        if event.what != "created" or await self._store.home_of(group.group) is None:
            return []
        case = await self._store.case_by_code(event.name.split()[-1] if event.name else "")
        if case is None or case.thread is not None:
            return []
        return [AdoptTopic(case.id, event.thread)]
