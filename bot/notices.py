"""What the outbox tells advocates, in their language, and the deleted topic it asks to have again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.handoff import Handoff
from bot.conversation.ports import Store
from bot.messages import CaseId, CaseState, Change, Origin


class WordedNotices:
    """Fits ``bot.outbox.aftermath.Notices`` with reviewed words."""

    def __init__(self, handoff: Handoff) -> None:
        self._handoff = handoff

    def uncertain(self, origin: Origin) -> str:
        """Say that it is not known whether a message of this origin reached the person."""
        name = "adv_uncertain" if origin is Origin.ADVOCATE else "adv_uncertain_notice"
        return self._handoff.text(name)

    def send_again(self) -> str:
        """Return the label of the button that sends it again."""
        return self._handoff.text("label_resend")

    def unreachable(self) -> str:
        """Say that the person has blocked the bot or is gone."""
        return self._handoff.text("adv_person_blocked")

    def not_delivered(self) -> str:
        """Say that a message did not reach the person."""
        return self._handoff.text("adv_not_delivered")

    def may_be_repeat(self) -> str:
        """Return the mark before a text that may stand in the group already."""
        return self._handoff.text("adv_may_be_repeat")


class TopicAgain:
    """Makes a deleted topic anew, unless its case is over."""

    def __init__(self, store: Store, handoff: Handoff) -> None:
        self._store = store
        self._handoff = handoff

    async def __call__(self, case: CaseId) -> Sequence[Change]:
        """Return the changes that make this case's topic anew; none if it shall stay gone."""
        found = await self._store.case(case)
        if found is None or found.state is CaseState.CLOSED:
            return ()
        owner = await self._store.advocate(found.owner) if found.owner else None
        return self._handoff.topic_again(found, owner)
