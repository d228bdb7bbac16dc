"""The life of a hand-off, as values: asked for, made urgent, claimed, handed back, cancelled.

Every function takes what stands and returns what shall stand, with the rows that say so to the person
and to the advocates. Topic names are a colour and a code, never anything of the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.conversation.codes import case_code, random_name
from bot.conversation.holder import holder_of
from bot.conversation.ports import Words
from bot.messages import (
    Act,
    Advocate,
    Button,
    Case,
    CaseId,
    CaseState,
    Change,
    ChatId,
    Conversation,
    Language,
    OpenCase,
    OpenTopic,
    Origin,
    Reply,
    SaveCase,
    SaveConversation,
    Say,
    Send,
    SetTopic,
    ShowCard,
    ToPerson,
    ToTopic,
)


def topic_name(case: Case) -> str:
    """Return the topic's name: red or yellow while it waits, green while held, white when closed."""
    if case.state is CaseState.QUEUED:
        return f"{'🔴' if case.urgent else '🟡'} {case.code}"
    return f"{'🟢' if case.state is CaseState.CLAIMED else '⚪'} {case.code}"


class Handoff:
    """Builds the rows of a hand-off in the advocates' language and in the person's."""

    def __init__(self, words: Words, advocates_language: Language) -> None:
        self._words = words
        self._advocates_language = advocates_language

    def open(
        self, conversation: Conversation, group: ChatId, *, urgent: bool, need: str, now: datetime
    ) -> tuple[Conversation, Case, list[Change]]:
        """Open a case and its topic. The caller saves the conversation and answers the person."""
        case = Case(
            id=CaseId(random_name()),
            code=case_code(),
            person=conversation.person,
            group=group,
            urgent=urgent,
            need=need,
            language=conversation.tongue.spoken,
            opened_at=now,
        )
        opened = replace(conversation, holder=holder_of(case.state), case=case.id)
        return opened, case, [OpenCase(case), *self.show_topic(case)]

    def show_topic(self, case: Case, owner: Advocate | None = None) -> list[Change]:
        """Return the rows that make the case's topic and put its card there."""
        topic = Send(
            ToTopic(case.id), OpenTopic(topic_name(case), case.urgent), Origin.SYSTEM, case.urgent, case.id
        )
        return [topic, self.card(case, owner)]

    def topic_again(self, case: Case, owner: Advocate | None = None) -> list[Change]:
        """Return what makes a deleted topic anew; rows that waited for it go there."""
        bare = replace(case, thread=None, card=None)
        return [
            SaveCase(bare),
            *self.show_topic(bare, owner),
            self.note(case, "adv_topic_again", code=case.code),
        ]

    def escalate(self, case: Case) -> list[Change]:
        """Make a waiting or held case urgent."""
        urgent = replace(case, urgent=True)
        return [SaveCase(urgent), *self._renew(urgent)]

    def claim(self, case: Case, conversation: Conversation, advocate: Advocate) -> list[Change]:
        """Give a waiting case to an advocate and tell the person that someone is here."""
        held = replace(case, state=CaseState.CLAIMED, owner=advocate.id)
        return [
            SaveCase(held),
            SaveConversation(replace(conversation, holder=holder_of(held.state))),
            *self._renew(held, advocate),
            self.to_person(conversation, "utter_handoff_joined", case),
        ]

    def close(self, case: Case, conversation: Conversation | None, said: str) -> list[Change]:
        """End a case: the bot answers again, the person is told, the topic is closed."""
        closed = replace(case, state=CaseState.CLOSED)
        changes: list[Change] = [SaveCase(closed)]
        if conversation is not None:
            changes += [
                SaveConversation(replace(conversation, holder=holder_of(closed.state), case=None)),
                self.to_person(conversation, said, case),
            ]
        return [*changes, *self._renew(closed)]

    def card(self, case: Case, owner: Advocate | None = None) -> Send:
        """Return the row that shows or renews the case's card."""
        state = {
            CaseState.QUEUED: "adv_state_queued",
            CaseState.CLAIMED: "adv_state_claimed",
            CaseState.CLOSED: "adv_state_closed",
        }[case.state]
        text = self._say(
            "adv_card",
            code=case.code,
            language=self._language(case.language),
            need=self._need(case.need),
            urgency=self._say("adv_urgent" if case.urgent else "adv_not_urgent").text,
            state=self._say(state, alias=owner.alias if owner else "?").text,
        ).text
        return Send(
            ToTopic(case.id), ShowCard(text, self._card_buttons(case)), Origin.SYSTEM, case.urgent, case.id
        )

    def note(
        self, case: Case, name: str, *, mergeable: bool = True, urgent: bool = False, **values: str
    ) -> Send:
        """Return a row with one of our own notices for the case's topic."""
        reply = self._say(name, **values)
        body = Say(f"ℹ️ {reply.text}", reply.buttons, mergeable=mergeable and not reply.buttons)
        return Send(ToTopic(case.id), body, Origin.SYSTEM, urgent or case.urgent, case.id)

    def doubt(self, case: Case, row: str) -> Send:
        """Return the row that says that one of our texts may not have arrived, with a tap to repeat it."""
        said = self._say("adv_uncertain_notice").text
        button = Button(self._label("label_resend"), Act("resend", {"row": row}))
        # Urgent: it is to be seen within a minute, however busy the group is.
        return Send(ToTopic(case.id), Say(f"ℹ️ {said}", (button,)), Origin.SYSTEM, True, case.id)

    def heard(self, case: Case, text: str, *, urgent: bool) -> Send:
        """Return the row that carries the person's words into their topic, marked when danger was heard."""
        mark = "🔴👤" if urgent else "👤"
        body = Say(f"{mark} {text}", mergeable=True)
        return Send(ToTopic(case.id), body, Origin.PERSON, urgent or case.urgent, case.id)

    def confirm_close(self, case: Case) -> Send:
        """Return the row that asks for the tap without which a typed command does nothing."""
        reply = self._say("adv_press_to_confirm", code=case.code)
        button = Button(self._label("label_confirm"), Act("release"))
        return Send(ToTopic(case.id), Say(f"ℹ️ {reply.text}", (button,)), Origin.SYSTEM, case.urgent, case.id)

    def to_person(self, conversation: Conversation, name: str, case: Case | None = None) -> Send:
        """Return a row with one of our texts for the person, in their language."""
        reply = self._words.say(name, conversation.tongue.spoken)
        return Send(
            ToPerson(conversation.person),
            Say(reply.text, reply.buttons),
            Origin.SYSTEM,
            urgent=bool(case and case.urgent),
            case=case.id if case else None,
        )

    def text(self, name: str, **values: str) -> str:
        """Return one of our texts in the advocates' language."""
        return self._say(name, **values).text

    def _renew(self, case: Case, owner: Advocate | None = None) -> Sequence[Change]:
        topic = SetTopic(topic_name(case), closed=case.state is CaseState.CLOSED)
        return [self.card(case, owner), Send(ToTopic(case.id), topic, Origin.SYSTEM, case.urgent, case.id)]

    def _card_buttons(self, case: Case) -> tuple[Button, ...]:
        if case.state is CaseState.QUEUED:
            return (Button(self._label("label_claim"), Act("claim")),)
        if case.state is CaseState.CLAIMED:
            return (Button(self._label("label_release"), Act("release")),)
        return ()

    def _language(self, language: Language | None) -> str:
        names = dict(self._words.languages())
        return names.get(language, language) if language else "?"

    def _need(self, need: str) -> str:
        return need.replace("_", " ") or "?"

    def _label(self, name: str) -> str:
        return self._say(name).text

    def _say(self, name: str, **values: str) -> Reply:
        return self._words.say(name, self._advocates_language, slots=None, **values)
