"""Forged, foreign, old and doubled button presses, in bulk: none has an effect."""

from __future__ import annotations

import random
import string

import pytest

from bot.messages import FromGroup, Pressed, Sender
from tests.support.walking import ADA, GROUP, OTHER, PERSON

PRESSES = 1000
ODD = [
    "",
    "\x00",
    "../../etc",
    "' OR 1=1 --",
    "{}",
    "claim",
    "/talk_to_human",
    "ا" * 60,
    "\ud800",
    "a" * 5000,
]


def _forged(draw: random.Random, real: list[str]) -> str:
    """Return bytes an outsider may send: random, odd, or a real handle with one letter changed."""
    kind = draw.randrange(3)
    if kind == 0:
        return "".join(draw.choices(string.ascii_letters + string.digits + "-_", k=22))
    if kind == 1:
        return draw.choice(ODD)
    handle = draw.choice(real)
    place = draw.randrange(len(handle))
    return handle[:place] + draw.choice("xyz-_") + handle[place + 1 :]


@pytest.mark.threat("T14")
async def test_a_thousand_forged_presses_have_no_effect(walk):
    """Whatever bytes come, in private or in a topic: no claim, no hand-back, no new topic, no crash."""
    await walk.writes("a person please", means="talk_to_human")
    await walk.writes("hello", means="greet", who=OTHER)
    thread = max(walk.topics)
    real = [handle for _, handle, _ in walk.cards[thread].buttons]
    real += [handle for shown in walk.person[PERSON] for _, handle, _ in shown.buttons]
    draw = random.Random(14)
    before = (await walk.state(), await walk.state(OTHER), len(walk.topics))
    for number in range(PRESSES):
        press = Pressed(_forged(draw, real), "q", number)
        if press.untrusted_handle in real:
            continue
        if number % 2:
            await walk.does(press, OTHER)
        else:
            await walk.arrives(FromGroup(GROUP, thread, Sender(ADA), press))
    after = (await walk.state(), await walk.state(OTHER), len(walk.topics))
    assert [s.holder for s in before[:2]] == [s.holder for s in after[:2]]
    assert before[2] == after[2]
    assert len(walk.topic_texts(thread)) == 1


@pytest.mark.threat("T14")
async def test_someone_elses_real_handles_do_nothing(walk):
    """Every real handle of one person, pressed by another and in another topic: no effect."""
    await walk.writes("a person please", means="talk_to_human")
    await walk.writes("me too please", means="talk_to_human", who=OTHER)
    first, second = sorted(walk.topics)
    mine = [handle for shown in walk.person[PERSON] for _, handle, _ in shown.buttons]
    claim = walk.button([walk.cards[first]], "Claim")
    for handle in [*mine, claim]:
        await walk.does(Pressed(handle, "q", 1), OTHER)
    for handle in mine:
        await walk.arrives(FromGroup(GROUP, first, Sender(ADA), Pressed(handle, "q", 1)))
    await walk.arrives(FromGroup(GROUP, second, Sender(ADA), Pressed(claim, "q", 1)))
    case = await walk.stores.walk.case((await walk.state()).case)
    other = await walk.stores.walk.case((await walk.state(OTHER)).case)
    assert case.owner is None
    assert other.owner is None
