"""Named effects carried out in the turn's draft: hand-offs opened and called off, the language changed."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import danger, first_contact
from bot.conversation.draft import Draft
from bot.conversation.handoff import Handoff
from bot.conversation.hearing import HANDOFF_INTENT
from bot.conversation.ports import Clock, Words
from bot.messages import ChatId, Effect, Holder, Language, Understanding

PLAIN_YES = frozenset({"affirm"})
"""Intents that only agree to an offer, and say nothing of the need."""


class Effects:
    """Carries out what must happen in the world; every method changes the draft it is given."""

    def __init__(self, words: Words, handoff: Handoff, clock: Clock, group: ChatId | None) -> None:
        self._words = words
        self._handoff = handoff
        self._clock = clock
        self._group = group

    def carry_out(self, effect: Effect, meaning: Understanding, draft: Draft) -> None:
        """Carry out one effect that the engine named."""
        match effect.name:
            case "open_handoff":
                self._open_if_sure(effect, meaning, draft)
            case "cancel_handoff":
                self.cancel_handoff(draft)
            case "change_language":
                self.change_language(Language(effect.values["language"]), draft)
            case "ask_language":
                draft.replies.append(first_contact.choose_language(self._words, draft.conversation))

    def _open_if_sure(self, effect: Effect, meaning: Understanding, draft: Draft) -> None:
        if danger.only_offers(meaning) and draft.case is None:
            draft.say("utter_talk_to_human")
            return
        urgent = effect.values.get("urgent") == "yes" or danger.is_urgent(meaning)
        need = HANDOFF_INTENT if meaning.intent in PLAIN_YES else meaning.intent
        self.open_handoff(draft, urgent=urgent, need=need)

    def open_handoff(self, draft: Draft, *, urgent: bool, need: str) -> None:
        """Ask for a person: open a case, or make the open one urgent; the truth is told each time."""
        if self._group is None:
            draft.say("utter_no_group")
        elif draft.case is not None:
            draft.say("utter_handoff_already")
            if urgent and not draft.case.urgent:
                draft.changes += self._handoff.escalate(draft.case)
                draft.case = replace(draft.case, urgent=True)
        else:
            draft.conversation, draft.case, opened = self._handoff.open(
                draft.conversation, self._group, urgent=urgent, need=need, now=self._clock()
            )
            draft.changes += opened
            draft.urgent = draft.urgent or urgent
            draft.say("utter_handoff_queued_urgent" if urgent else "utter_handoff_queued")

    def cancel_handoff(self, draft: Draft) -> None:
        """The person does not want a human after all; only a waiting case can be called off by them."""
        if draft.case is None or draft.conversation.holder is not Holder.QUEUED:
            # Nobody was called, or the message meant something else: it is not met with silence.
            draft.say("utter_deny")
            return
        draft.changes += self._handoff.close(draft.case, draft.conversation, "utter_handoff_cancelled")
        draft.closing = True

    def change_language(self, tag: Language, draft: Draft) -> None:
        """Speak the language they chose from now on."""
        tongue = replace(draft.conversation.tongue, chosen=tag, spoken=tag)
        draft.conversation = replace(draft.conversation, tongue=tongue)
        draft.say("utter_language_changed")
        draft.say("utter_menu")

    def settle_language(self, draft: Draft) -> None:
        """Before a first word, Telegram's hint is all there is."""
        tongue = draft.conversation.tongue
        hint = (tongue.hint or "").split("-")[0]
        if tongue.spoken is None and hint in {tag for tag, _ in self._words.languages()}:
            draft.conversation = replace(draft.conversation, tongue=replace(tongue, spoken=Language(hint)))

    def ask_if_unsure(self, draft: Draft) -> None:
        """Ask which of a few languages it is, behind the answer; the first notice asks about all anyway."""
        tongue = draft.conversation.tongue
        asked = tongue.asked
        if draft.urgent:
            asked -= set(tongue.unsure)  # Not now: in danger nothing stands beside the safety text.
        elif tongue.unsure and draft.conversation.noticed:
            draft.replies.append(
                first_contact.choose_language(self._words, draft.conversation, tongue.unsure)
            )
        draft.conversation = replace(draft.conversation, tongue=replace(tongue, unsure=(), asked=asked))

    def notice(self, draft: Draft, *, after_danger: bool) -> None:
        """Give the first notice, once: before the answers, or behind them in danger."""
        if draft.conversation.noticed:
            return
        said = first_contact.notice(self._words, draft.conversation)
        draft.replies = first_contact.in_order(first=draft.replies, notice=said, danger=after_danger)
        draft.conversation = replace(draft.conversation, noticed=True)
