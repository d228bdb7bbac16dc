"""What advocates hear of a person whose case is open: words, presses, edits, and what went no further."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import danger
from bot.conversation.draft import Draft
from bot.conversation.handoff import Handoff
from bot.conversation.hearing import HANDOFF_INTENT, Heard
from bot.conversation.holder import advocates_hear
from bot.messages import Understanding


class Overhearing:
    """Adds the topic's rows to a draft; nothing where no advocate is to hear."""

    def __init__(self, handoff: Handoff) -> None:
        self._handoff = handoff

    def pass_on(self, heard: Heard, meaning: Understanding | None, draft: Draft) -> None:
        """Carry words and presses into the topic; words of danger make the case urgent."""
        case = draft.case
        if case is None or draft.closing or not advocates_hear(draft.conversation.holder):
            return
        if heard.text is not None:
            urgent = danger.is_urgent(meaning)
            draft.changes.append(self._handoff.heard(case, heard.text, urgent=urgent))
            if urgent and not case.urgent:
                draft.changes += self._handoff.escalate(case)
                draft.case = replace(case, urgent=True)
        elif heard.intent not in {None, HANDOFF_INTENT} and heard.not_passed is None:
            need = str(heard.intent).replace("_", " ")
            draft.changes.append(self._handoff.note(case, "adv_person_pressed", need=need))

    def edited(self, draft: Draft) -> None:
        """An edit is never a new turn; an advocate who is listening is told that it happened."""
        if draft.case is not None and advocates_hear(draft.conversation.holder):
            draft.changes.append(self._handoff.note(draft.case, "adv_person_edited"))

    def keep_back(self, kind: str, draft: Draft) -> None:
        """Files and places go no further; both sides are told, since silence would look like delivery."""
        at_advocate = draft.case is not None and advocates_hear(draft.conversation.holder)
        draft.say("utter_place_with_advocate" if kind == "location" and at_advocate else "utter_text_only")
        if draft.case is not None and at_advocate:
            draft.changes.append(self._handoff.note(draft.case, "adv_person_file", kind=kind))
