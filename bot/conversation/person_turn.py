"""One message of a young person: what was done, who answers, what is said.

Returns changes and writes nothing. While an advocate holds the conversation the engine is asked only
what a message means, so that danger is marked in the topic, and the bot itself says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.conversation import danger, first_contact
from bot.conversation.handoff import Handoff
from bot.conversation.hearing import HANDOFF_INTENT, Heard, hear
from bot.conversation.holder import advocates_hear, engine_answers
from bot.conversation.ports import Clock, Engine, Store, Words
from bot.conversation.repeats import Repeats
from bot.errors import EngineDown
from bot.failpoints import failpoint
from bot.messages import (
    Answer,
    Case,
    Change,
    ChatId,
    Conversation,
    Effect,
    FromPrivate,
    Holder,
    Language,
    Origin,
    Pressed,
    Reach,
    Reply,
    SaveConversation,
    Say,
    Send,
    SetReach,
    ToPerson,
    Turn,
    Understanding,
)

PLAIN_YES = frozenset({"affirm"})
"""Intents that only agree to an offer, and say nothing of the need."""


@dataclass
class Draft:
    """What one turn has come to so far: the state to keep, what to say, and everything else."""

    conversation: Conversation
    case: Case | None
    replies: list[Reply] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    urgent: bool = False
    closing: bool = False


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
        group: ChatId | None,
    ) -> None:
        self._store = store
        self._engine = engine
        self._words = words
        self._handoff = handoff
        self._repeats = repeats
        self._clock = clock
        self._group = group

    async def changes(self, private: FromPrivate) -> list[Change]:
        """Return everything that follows from one message, to be committed at once."""
        draft = await self._begin(private)
        heard = await self._hear(private, draft)
        failpoint("turn.heard")
        if heard is None:
            return draft.changes
        if heard.edited:
            return self._edited(draft)
        if engine_answers(draft.conversation.holder):
            await self._answer(heard, draft)
        else:
            await self._hold(heard, draft)
        failpoint("turn.decided")
        return self._finish(draft)

    async def _begin(self, private: FromPrivate) -> Draft:
        conversation = await self._store.person(private.sender.user)
        hint = private.sender.language_hint
        conversation = replace(conversation, tongue=replace(conversation.tongue, hint=hint))
        case = await self._store.case(conversation.case) if conversation.case else None
        draft = Draft(conversation, case)
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

    def _edited(self, draft: Draft) -> list[Change]:
        """An edit is never a new turn; an advocate who is listening is told that it happened."""
        if draft.case is not None and advocates_hear(draft.conversation.holder):
            draft.changes.append(self._handoff.note(draft.case, "adv_person_edited"))
        return draft.changes

    async def _hold(self, heard: Heard, draft: Draft) -> None:
        """An advocate holds the conversation: pass words on, say nothing ourselves."""
        if heard.act is not None:
            await self._act(heard, draft)
            draft.replies.clear()
        if draft.case is None:
            return
        if heard.not_passed is not None:
            self._keep_back(heard.not_passed, draft, draft.case)
        if heard.text is not None:
            meaning = await self._meaning(heard.text, draft)
            self._pass_on(heard.text, meaning, draft, draft.case)
        elif heard.intent is not None:
            draft.changes.append(
                self._handoff.note(draft.case, "adv_person_pressed", need=_plain(heard.intent))
            )

    def _keep_back(self, kind: str, draft: Draft, case: Case) -> None:
        """Files and places go no further; both sides are told, since silence would look like delivery."""
        said = "utter_place_with_advocate" if kind == "location" else "utter_text_only"
        draft.replies.append(self._say(said, draft))
        draft.changes.append(self._handoff.note(case, "adv_person_file", kind=kind))

    async def _meaning(self, text: str, draft: Draft) -> Understanding | None:
        try:
            return await self._engine.parse(text, draft.conversation.tongue.spoken)
        except EngineDown:
            return None

    def _pass_on(self, text: str, meaning: Understanding | None, draft: Draft, case: Case) -> None:
        urgent = danger.is_urgent(meaning)
        draft.changes.append(self._handoff.heard(case, text, urgent=urgent))
        if urgent and not case.urgent:
            draft.changes += self._handoff.escalate(case)
            draft.case = replace(case, urgent=True)

    async def _answer(self, heard: Heard, draft: Draft) -> None:
        """The bot answers: our own buttons and fixed texts first, everything else by the engine."""
        if heard.old_button:
            draft.replies.append(self._say("utter_old_button", draft))
        elif heard.act is not None:
            await self._act(heard, draft)
        elif heard.started:
            self._started(draft)
        else:
            if heard.not_passed is not None and heard.intent is None:
                self._refuse_file(heard.not_passed, draft)
            if heard.text is not None or heard.intent is not None:
                await self._ask_engine(heard, draft)

    def _refuse_file(self, kind: str, draft: Draft) -> None:
        draft.replies.append(self._say("utter_text_only", draft))
        if draft.case is not None:
            draft.changes.append(self._handoff.note(draft.case, "adv_person_file", kind=kind))

    def _started(self, draft: Draft) -> None:
        if draft.conversation.noticed:
            draft.replies.append(self._say("utter_menu", draft))
            return
        self._settle_language(draft)
        self._notice(draft, after_danger=False)

    def _settle_language(self, draft: Draft) -> None:
        """Before a first word, Telegram's hint is all there is."""
        tongue = draft.conversation.tongue
        served = {tag for tag, _ in self._words.languages()}
        hint = (tongue.hint or "").split("-")[0]
        if tongue.spoken is None and hint in served:
            tongue = replace(tongue, spoken=Language(hint))
            draft.conversation = replace(draft.conversation, tongue=tongue)

    def _notice(self, draft: Draft, *, after_danger: bool) -> None:
        said = first_contact.notice(self._words, draft.conversation)
        draft.replies = first_contact.in_order(first=draft.replies, notice=said, danger=after_danger)
        draft.conversation = replace(draft.conversation, noticed=True)

    async def _act(self, heard: Heard, draft: Draft) -> None:
        """Carry out one of our own buttons."""
        assert heard.act is not None
        match heard.act.name, heard.act.values:
            case "language", {"language": tag}:
                self._change_language(Language(tag), draft)
            case "again", {"row": row}:
                draft.changes += await self._repeats.again(draft.conversation, int(row))
            case _:
                draft.replies.append(self._say("utter_old_button", draft))

    def _change_language(self, tag: Language, draft: Draft) -> None:
        tongue = replace(draft.conversation.tongue, chosen=tag, spoken=tag)
        draft.conversation = replace(draft.conversation, tongue=tongue)
        draft.replies += [self._say("utter_language_changed", draft), self._say("utter_menu", draft)]

    async def _ask_engine(self, heard: Heard, draft: Draft) -> None:
        conversation = draft.conversation
        turn = Turn(
            conversation.events,
            conversation.tongue,
            text=heard.text,
            intent=heard.intent,
            entities=heard.entities,
        )
        try:
            answer = await self._engine.turn(turn)
        except EngineDown:
            return self._without_engine(heard, draft)
        failpoint("turn.engine-answered")
        self._take(answer, heard, draft)

    def _take(self, answer: Answer, heard: Heard, draft: Draft) -> None:
        """Take the engine's answer: its state, its replies, its effects, and the guarantee of safety text."""
        meaning = answer.understanding
        draft.conversation = replace(draft.conversation, events=answer.events, tongue=answer.tongue)
        draft.urgent = danger.is_urgent(meaning)
        # In danger nothing comes before the safety text.
        draft.replies = (
            [*answer.replies, *draft.replies] if draft.urgent else [*draft.replies, *answer.replies]
        )
        if danger.lacks_safety_text(meaning, answer.replies):
            draft.replies.insert(0, self._say(danger.FIXED_TEXT, draft))
        for effect in answer.effects:
            self._carry_out(effect, meaning, draft)
        if not draft.conversation.noticed:
            self._notice(draft, after_danger=draft.urgent)
        self._let_advocates_hear(heard, meaning, draft)

    def _without_engine(self, heard: Heard, draft: Draft) -> None:
        """The engine is down: fixed safety text, the menu, and asking for a person still work."""
        if heard.intent == HANDOFF_INTENT:
            self._open_handoff(draft, urgent=False, need=HANDOFF_INTENT)
        else:
            self._settle_language(draft)
            draft.replies.append(self._say("utter_engine_down", draft))
        if not draft.conversation.noticed:
            self._notice(draft, after_danger=True)
        self._let_advocates_hear(heard, None, draft)

    def _carry_out(self, effect: Effect, meaning: Understanding, draft: Draft) -> None:
        match effect.name:
            case "open_handoff":
                if danger.only_offers(meaning) and draft.case is None:
                    draft.replies.append(self._say("utter_talk_to_human", draft))
                    return
                urgent = effect.values.get("urgent") == "yes" or danger.is_urgent(meaning)
                need = HANDOFF_INTENT if meaning.intent in PLAIN_YES else meaning.intent
                self._open_handoff(draft, urgent=urgent, need=need)
            case "cancel_handoff":
                self._cancel_handoff(draft)
            case "change_language":
                self._change_language(Language(effect.values["language"]), draft)
            case "ask_language":
                draft.replies.append(first_contact.choose_language(self._words, draft.conversation))

    def _open_handoff(self, draft: Draft, *, urgent: bool, need: str) -> None:
        if self._group is None:
            draft.replies.append(self._say("utter_no_group", draft))
            return
        if draft.case is not None:
            draft.replies.append(self._say("utter_handoff_already", draft))
            if urgent and not draft.case.urgent:
                draft.changes += self._handoff.escalate(draft.case)
                draft.case = replace(draft.case, urgent=True)
            return
        now = self._clock()
        draft.conversation, draft.case, opened = self._handoff.open(
            draft.conversation, self._group, urgent=urgent, need=need, now=now
        )
        draft.changes += opened
        draft.urgent = draft.urgent or urgent
        said = "utter_handoff_queued_urgent" if urgent else "utter_handoff_queued"
        draft.replies.append(self._say(said, draft))

    def _cancel_handoff(self, draft: Draft) -> None:
        """The person does not want a human after all; only a waiting case can be called off by them."""
        if draft.case is None or draft.conversation.holder is not Holder.QUEUED:
            return
        draft.changes += self._handoff.close(draft.case, draft.conversation, "utter_handoff_cancelled")
        draft.closing = True

    def _let_advocates_hear(self, heard: Heard, meaning: Understanding | None, draft: Draft) -> None:
        if draft.case is None or draft.closing or not advocates_hear(draft.conversation.holder):
            return
        if heard.text is not None:
            self._pass_on(heard.text, meaning, draft, draft.case)
        elif heard.intent is not None and heard.intent != HANDOFF_INTENT:
            draft.changes.append(
                self._handoff.note(draft.case, "adv_person_pressed", need=_plain(heard.intent))
            )

    def _finish(self, draft: Draft) -> list[Change]:
        person = draft.conversation.person
        case = draft.case.id if draft.case else None
        sends: list[Change] = [
            Send(ToPerson(person), Say(reply.text, reply.buttons), Origin.BOT, draft.urgent, case)
            for reply in draft.replies
        ]
        if draft.closing:
            # The closing change saves the conversation itself; what the engine kept travels with it.
            merged = [_with_events(change, draft.conversation) for change in draft.changes]
            return [*sends, *merged]
        return [*draft.changes, SaveConversation(draft.conversation), *sends]

    def _say(self, name: str, draft: Draft) -> Reply:
        return self._words.say(name, draft.conversation.tongue.spoken)


def _with_events(change: Change, conversation: Conversation) -> Change:
    if not isinstance(change, SaveConversation):
        return change
    kept = change.conversation
    return SaveConversation(
        replace(kept, events=conversation.events, tongue=conversation.tongue, noticed=True)
    )


def _plain(intent: str) -> str:
    return intent.replace("_", " ")
