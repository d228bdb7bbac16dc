"""One message of a young person: what was done, who answers, what is said.

Returns changes and writes nothing. While an advocate holds the conversation the engine is asked only
what a message means, so that danger is marked in the topic, and the bot itself says nothing.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import danger
from bot.conversation.draft import Draft
from bot.conversation.effects import Effects
from bot.conversation.handoff import Handoff
from bot.conversation.hearing import HANDOFF_INTENT, Heard, hear
from bot.conversation.holder import engine_answers
from bot.conversation.overhearing import Overhearing
from bot.conversation.places import Places, sure_nation
from bot.conversation.ports import Clock, Engine, Store, Words
from bot.conversation.repeats import Repeats
from bot.errors import EngineDown
from bot.failpoints import failpoint
from bot.messages import (
    Act,
    Answer,
    Change,
    ChatId,
    FromPrivate,
    Language,
    Pressed,
    Reach,
    SetReach,
    SharedPlace,
    Turn,
    Understanding,
)


class PersonTurn:
    """Decides one message of a young person."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        words: Words,
        handoff: Handoff,
        repeats: Repeats,
        clock: Clock,
        places: Places,
        group: ChatId | None,
    ) -> None:
        self._store = store
        self._engine = engine
        self._words = words
        self._repeats = repeats
        self._clock = clock
        self._places = places
        self._effects = Effects(words, handoff, clock, group)
        self._overhearing = Overhearing(handoff)

    async def changes(self, private: FromPrivate) -> list[Change]:
        """Return everything that follows from one message, to be committed at once."""
        draft = await self._begin(private)
        heard = await self._hear(private, draft)
        failpoint("turn.heard")
        if heard is None:
            return draft.changes
        if heard.edited:
            self._overhearing.edited(draft)
            return draft.changes
        if engine_answers(draft.conversation.holder):
            await self._answer(heard, draft)
        else:
            await self._hold(heard, draft)
        failpoint("turn.decided")
        return draft.finished()

    async def _begin(self, private: FromPrivate) -> Draft:
        conversation = await self._store.person(private.sender.user)
        hint = private.sender.language_hint
        conversation = replace(conversation, tongue=replace(conversation.tongue, hint=hint))
        case = await self._store.case(conversation.case) if conversation.case else None
        draft = Draft(self._words, conversation, case)
        if conversation.reach is not Reach.OPEN:
            # Whoever writes to us can be written to again.
            draft.changes.append(SetReach(conversation.person, Reach.OPEN))
            draft.conversation = replace(conversation, reach=Reach.OPEN)
        return draft

    async def _hear(self, private: FromPrivate, draft: Draft) -> Heard | None:
        act = None
        if isinstance(private.content, Pressed):
            handle = private.content.untrusted_handle
            act = await self._store.act_of_person(handle, draft.conversation.person, self._clock())
            if act is not None:
                draft.changes.append(self._repeats.spend(handle))
        return hear(private.content, act)

    async def _hold(self, heard: Heard, draft: Draft) -> None:
        """An advocate holds the conversation: pass words on, say nothing ourselves."""
        if heard.act is not None:
            await self._act(heard.act, draft)
            draft.replies.clear()
        if heard.not_passed is not None:
            self._overhearing.keep_back(heard.not_passed, draft)
        meaning = await self._meaning(heard, draft)
        self._overhearing.pass_on(heard, meaning, draft)

    async def _meaning(self, heard: Heard, draft: Draft) -> Understanding | None:
        if heard.text is None:
            return None
        try:
            return await self._engine.parse(heard.text, draft.conversation.tongue.spoken)
        except EngineDown:
            return None

    async def _answer(self, heard: Heard, draft: Draft) -> None:
        """The bot answers: our own buttons and fixed texts first, everything else by the engine."""
        if heard.old_button:
            draft.say("utter_old_button")
        elif heard.act is not None:
            await self._act(heard.act, draft)
        elif heard.started:
            self._start(draft)
        else:
            if heard.place is not None:
                heard = self._locate(heard, heard.place, draft)
            elif heard.not_passed is not None and heard.intent is None:
                self._overhearing.keep_back(heard.not_passed, draft)
            if heard.text is not None or heard.intent is not None:
                await self._ask_engine(heard, draft)

    def _start(self, draft: Draft) -> None:
        if draft.conversation.noticed:
            draft.say("utter_menu")
            return
        self._effects.settle_language(draft)
        self._effects.notice(draft, after_danger=False)

    def _locate(self, heard: Heard, place: SharedPlace, draft: Draft) -> Heard:
        """Say where a shared place is; only the nation goes on, since it changes which rights are told."""
        self._effects.settle_language(draft)
        found = self._places.find(place)
        draft.replies += self._places.tell(found, draft.conversation.tongue.spoken)
        return replace(heard, place=None, entities={"nation": sure_nation(found) or "unknown"})

    async def _act(self, act: Act, draft: Draft) -> None:
        """Carry out one of our own buttons."""
        match act.name, act.values:
            case "language", {"language": tag}:
                self._effects.change_language(Language(tag), draft)
            case "again", {"row": row}:
                draft.changes += await self._repeats.again(draft.conversation, int(row))
            case _:
                draft.say("utter_old_button")

    async def _ask_engine(self, heard: Heard, draft: Draft) -> None:
        kept = draft.conversation
        turn = Turn(kept.events, kept.tongue, heard.text, heard.intent, heard.entities)
        try:
            answer = await self._engine.turn(turn)
        except EngineDown:
            self._without_engine(heard, draft)
            return
        failpoint("turn.engine-answered")
        self._take(answer, heard, draft)

    def _take(self, answer: Answer, heard: Heard, draft: Draft) -> None:
        """Take the engine's answer: its state, its replies, its effects, and the guarantee of safety text."""
        meaning = answer.understanding
        draft.conversation = replace(draft.conversation, events=answer.events, tongue=answer.tongue)
        draft.urgent = danger.is_urgent(meaning)
        # In danger nothing comes before the safety text.
        first, then = (answer.replies, draft.replies) if draft.urgent else (draft.replies, answer.replies)
        draft.replies = [*first, *then]
        if danger.lacks_safety_text(meaning, answer.replies):
            draft.replies.insert(0, draft.text(danger.FIXED_TEXT))
        for effect in answer.effects:
            self._effects.carry_out(effect, meaning, draft)
        self._effects.ask_if_unsure(draft)
        self._effects.notice(draft, after_danger=draft.urgent)
        self._overhearing.pass_on(heard, meaning, draft)

    def _without_engine(self, heard: Heard, draft: Draft) -> None:
        """The engine is down: fixed safety text, the menu, and asking for a person still work."""
        if heard.intent == HANDOFF_INTENT:
            self._effects.open_handoff(draft, urgent=False, need=HANDOFF_INTENT)
        else:
            self._effects.settle_language(draft)
            draft.say("utter_engine_down")
        self._effects.notice(draft, after_danger=True)
        self._overhearing.pass_on(heard, None, draft)
