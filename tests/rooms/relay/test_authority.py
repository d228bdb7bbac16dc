"""Who may act in the group: one kind of sender of all there are."""

from __future__ import annotations

import itertools

import pytest

from bot.messages import Advocate, AdvocateId, ChatId, Sender
from bot.relay.authority import may_act

DISGUISES = [None, "anonymous admin", "channel", "forward", "via bot", "bot"]
ADVOCATES = {
    "enrolled": Advocate(AdvocateId("a"), "Heron"),
    "removed": Advocate(AdvocateId("a"), "Heron", active=False),
    "left the group": Advocate(AdvocateId("a"), "Heron", present=False),
    "stranger": None,
}
KINDS = list(itertools.product(DISGUISES, ADVOCATES, [True, False]))


@pytest.mark.threat("T07")
@pytest.mark.parametrize(("disguise", "who", "ours"), KINDS)
def test_only_a_plain_enrolled_member_of_our_group_may_act(disguise: str | None, who: str, ours: bool):
    """Of all 48 kinds of sender exactly one has authority."""
    allowed = may_act(Sender(ChatId(1), disguise), ADVOCATES[who], group_is_ours=ours)
    assert allowed is (disguise is None and who == "enrolled" and ours)
