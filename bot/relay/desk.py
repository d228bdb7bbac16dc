"""The advocates' topic: their words to the person, and Claim and Hand back.

By default only text by the case's owner travels. A line that starts with ``//``, or a reply to the case's
card, is a note that stays; a typed command does nothing without a confirming tap.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.handoff import Handoff
from bot.conversation.ports import Clock, Store
from bot.messages import (
    Act,
    Advocate,
    Case,
    CaseState,
    Change,
    FromGroup,
    Handle,
    Holder,
    Origin,
    Pressed,
    Resend,
    Say,
    Send,
    SentFile,
    SharedPlace,
    ToPerson,
    TopicEvent,
    UseHandle,
    Wrote,
)
from bot.relay.authority import may_act

NOTE = "//"
COMMAND = "/"


@dataclass(frozen=True)
class Ruling:
    """What follows from one update in a topic; ``toast`` answers a press (``alert``: as a window)."""

    changes: tuple[Change, ...] = ()
    toast: str = ""
    alert: bool = False


class Desk:
    """Rules of a topic. Reads rows, writes nothing: the walk commits what it returns."""

    def __init__(self, store: Store, handoff: Handoff, clock: Clock) -> None:
        self._store = store
        self._handoff = handoff
        self._clock = clock

    async def rule(self, incoming: FromGroup) -> Ruling:
        """Return what follows from an update in a group; nothing, if its sender has no authority."""
        home = await self._store.home_of(incoming.group)
        advocate = await self._store.advocate_by_user(incoming.sender.user)
        if advocate is None or not may_act(incoming.sender, advocate, group_is_ours=home is not None):
            return self._refuse(incoming)
        if home is None or incoming.thread is None:
            return Ruling()
        case = await self._store.case_of_topic(home, incoming.thread)
        if case is None:
            return Ruling()
        match incoming.content:
            case Pressed() as press:
                return await self._press(case, advocate, press)
            case Wrote() as wrote:
                return await self._write(case, advocate, wrote)
            case SentFile(kind=kind):
                return self._kept_back(case, advocate, kind)
            case SharedPlace():
                return self._kept_back(case, advocate, "location")
            case TopicEvent(what="closed", by_bot=False) if case.owner == advocate.id:
                return await self._release(case)
            case _:
                return Ruling()

    def _refuse(self, incoming: FromGroup) -> Ruling:
        if isinstance(incoming.content, Pressed):
            return Ruling(toast=self._handoff.text("adv_not_enrolled"), alert=True)
        return Ruling()

    async def _press(self, case: Case, advocate: Advocate, press: Pressed) -> Ruling:
        act = await self._store.act_of_case(press.untrusted_handle, case.id, self._clock())
        if act is None:
            return await self._pressed_late(case)
        spend = UseHandle(Handle(press.untrusted_handle))
        match act:
            case Act(name="claim"):
                return await self._claim(case, advocate, spend)
            case Act(name="release") if case.owner == advocate.id:
                ruling = await self._release(case)
                return Ruling((spend, *ruling.changes), ruling.toast)
            case Act(name="resend", values=values) if case.owner == advocate.id:
                return await self._resend(case, int(values["row"]), spend)
            case _:
                return await self._pressed_late(case)

    async def _resend(self, case: Case, row: int, spend: UseHandle) -> Ruling:
        if not await self._store.is_uncertain(row):
            return await self._pressed_late(case)
        return Ruling((spend, Resend(row)), self._handoff.text("adv_sending_again"))

    async def _pressed_late(self, case: Case) -> Ruling:
        """Say how the case stands: the button is spent, or belongs to its owner alone."""
        if case.state is CaseState.CLAIMED:
            return Ruling(toast=await self._who_has(case), alert=True)
        return Ruling(toast=self._handoff.text("adv_old_button"))

    async def _claim(self, case: Case, advocate: Advocate, spend: UseHandle) -> Ruling:
        conversation = await self._store.conversation(case.person)
        if case.state is not CaseState.QUEUED or conversation is None:
            return await self._pressed_late(case)
        changes = self._handoff.claim(case, conversation, advocate)
        return Ruling((spend, *changes), self._handoff.text("adv_yours", code=case.code))

    async def _release(self, case: Case) -> Ruling:
        if case.state is not CaseState.CLAIMED:
            return Ruling()
        conversation = await self._store.conversation(case.person)
        changes = self._handoff.close(case, conversation, "utter_handoff_closed")
        return Ruling(tuple(changes), self._handoff.text("adv_closed", code=case.code))

    async def _write(self, case: Case, advocate: Advocate, wrote: Wrote) -> Ruling:
        if wrote.text.startswith(NOTE) or (wrote.reply_to is not None and wrote.reply_to == case.card):
            return Ruling()
        if case.owner != advocate.id or case.state is not CaseState.CLAIMED:
            return await self._not_yours(case)
        if wrote.edited:
            return Ruling((self._handoff.note(case, "adv_edit_not_passed"),))
        if wrote.text.startswith(COMMAND):
            return Ruling((self._handoff.confirm_close(case),))
        conversation = await self._store.conversation(case.person)
        if conversation is None or conversation.holder is not Holder.ADVOCATE:
            return Ruling((self._handoff.note(case, "adv_not_delivered"),))
        relayed = Send(
            ToPerson(case.person),
            Say(wrote.text),
            Origin.ADVOCATE,
            case.urgent,
            case.id,
            answers=wrote.message,
        )
        return Ruling((relayed,))

    async def _not_yours(self, case: Case) -> Ruling:
        if case.state is CaseState.CLAIMED:
            alias = await self._owner(case)
            return Ruling((self._handoff.note(case, "adv_not_yours", alias=alias),))
        name = "adv_claim_first" if case.state is CaseState.QUEUED else "adv_case_closed"
        return Ruling((self._handoff.note(case, name),))

    def _kept_back(self, case: Case, advocate: Advocate, kind: str) -> Ruling:
        if case.owner != advocate.id or case.state is not CaseState.CLAIMED:
            return Ruling()
        return Ruling((self._handoff.note(case, "adv_file_not_passed", kind=kind),))

    async def _who_has(self, case: Case) -> str:
        return self._handoff.text("adv_claimed_by", code=case.code, alias=await self._owner(case))

    async def _owner(self, case: Case) -> str:
        owner = await self._store.advocate(case.owner) if case.owner else None
        return owner.alias if owner else "?"
