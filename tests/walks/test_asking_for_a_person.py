"""A young person asks for a human: topic, claim, both talk, hand back."""

from __future__ import annotations

import asyncio

import pytest

from bot.messages import (
    ChatId,
    FromGroup,
    Holder,
    InboxItem,
    Pressed,
    Sender,
    SentFile,
    SharedPlace,
    Started,
    TopicEvent,
    Wrote,
)
from tests.support.walking import ADA, BEN, GROUP, OTHER, PERSON, STRANGER


async def asked(walk) -> None:
    await walk.writes("can i talk to someone", means="talk_to_human")


async def test_asking_opens_one_topic_and_tells_the_truth(walk):
    """A1: their words reach a topic with a case code; they hear that a person was asked, not promised."""
    await asked(walk)
    assert len(walk.topics) == 1
    assert any("can i talk to someone" in text for text in walk.topic_texts())
    assert walk.says("utter_handoff_queued") in walk.texts()
    assert (await walk.state()).holder is Holder.QUEUED


async def test_the_button_alone_alerts_advocates(walk):
    """A3: pressing "talk to a person" without a word opens the topic."""
    await walk.writes("hello", means="greet")
    await walk.presses("person")
    assert len(walk.topics) == 1


async def test_two_first_messages_make_one_topic(walk):
    """B11: asking twice does not open a second topic."""
    await asked(walk)
    await walk.writes("please a person", means="talk_to_human")
    assert len(walk.topics) == 1
    assert walk.says("utter_handoff_already") in walk.texts()


async def test_while_an_advocate_holds_it_the_bot_says_nothing(walk):
    """A2: not after a message, an hour, a /start, an old button or a new instance of the service."""
    await asked(walk)
    await walk.claims()
    before, asked_before = walk.texts(), walk.engine.times_asked
    await walk.writes("are you there")
    walk.clock.forward(minutes=61)
    await walk.writes("hello?")
    await walk.does(Started(""))
    await walk.does(Pressed("no-such-handle", "q", 1))
    walk.restarts()
    await walk.writes("is anybody there")
    assert walk.texts() == before
    assert walk.engine.times_asked == asked_before
    assert "👤 are you there" in walk.topic_texts()
    assert "👤 hello?" in walk.topic_texts()


async def test_the_owners_words_reach_the_person(walk):
    await asked(walk)
    await walk.claims()
    assert walk.says("utter_handoff_joined") in walk.texts()
    await walk.in_topic(Wrote("hi, I am here to help", 77))
    assert walk.texts()[-1] == "hi, I am here to help"


async def test_only_the_owner_writes_to_the_person(walk):
    await asked(walk)
    await walk.claims(ADA)
    before = walk.texts()
    await walk.in_topic(Wrote("hello from ben", 78), BEN)
    assert walk.texts() == before
    assert walk.topic_texts()[-1].endswith(walk.says("adv_not_yours", alias="Heron"))


async def test_notes_stay_in_the_topic(walk):
    """A line that starts with // and a reply to the card never travel."""
    await asked(walk)
    await walk.claims()
    before = walk.texts()
    card = (await walk.stores.walk.case((await walk.state()).case)).card
    await walk.in_topic(Wrote("// she sounds very young", 79))
    await walk.in_topic(Wrote("ring the council?", 80, reply_to=card))
    assert walk.texts() == before


@pytest.mark.threat("T10")
async def test_a_typed_command_does_nothing_without_a_tap(walk):
    await asked(walk)
    await walk.claims()
    before = walk.texts()
    await walk.in_topic(Wrote("/close", 81))
    assert walk.texts() == before
    assert (await walk.state()).holder is Holder.ADVOCATE
    handle = walk.button(walk.topics[max(walk.topics)], "Yes")
    await walk.in_topic(Pressed(handle, "q", 1))
    assert (await walk.state()).holder is Holder.BOT


async def test_hand_back_tells_the_person_and_the_bot_answers_again(walk):
    await asked(walk)
    await walk.claims()
    await walk.press_card("hand back")
    assert walk.texts()[-1] == walk.says("utter_handoff_closed")
    await walk.writes("what are my rights")
    assert walk.texts()[-1] == walk.says("utter_rights_general")


async def test_closing_the_topic_by_hand_hands_back(walk):
    await asked(walk)
    await walk.claims()
    await walk.in_topic(TopicEvent("closed", max(walk.topics)))
    assert (await walk.state()).holder is Holder.BOT


async def test_asking_again_later_opens_a_new_topic(walk):
    await asked(walk)
    await walk.claims()
    await walk.press_card("hand back")
    await asked(walk)
    assert len(walk.topics) == 2


async def test_the_loser_hears_who_has_it(walk):
    """B2: the second press wins nothing and names the owner at once."""
    await asked(walk)
    await walk.claims(ADA)
    old = walk.cards[max(walk.topics)]
    await walk.in_topic(Pressed("spent-or-old-handle", "q", 1), BEN)
    text, alert = walk.toasts[-1]
    assert "Heron" in text
    assert alert
    assert old.text == walk.cards[max(walk.topics)].text


async def test_of_fifty_claims_at_once_one_wins(walk):
    """B1: fifty presses of the same button, side by side: one owner, everyone else is told who."""
    people = {number: f"Advocate {number}" for number in range(5000, 5050)}
    for user, alias in people.items():
        await walk.enrols(ChatId(user), alias)
    await asked(walk)
    handle = walk.button([walk.cards[max(walk.topics)]], "Claim")
    thread = max(walk.topics)
    walk.toasts.clear()
    press = [
        walk.walk(
            InboxItem(None, "x", 1, FromGroup(GROUP, thread, Sender(ChatId(u)), Pressed(handle, "q", 1)))
        )
        for u in people
    ]
    await asyncio.gather(*press)
    case = await walk.stores.walk.case((await walk.state()).case)
    owner = await walk.stores.walk.advocate(case.owner)
    yours = [t for t, _ in walk.toasts if t == walk.says("adv_yours", code=case.code)]
    told = [t for t, _ in walk.toasts if t == walk.says("adv_claimed_by", code=case.code, alias=owner.alias)]
    assert (len(yours), len(told)) == (1, 49)
    await walk.deliver()
    assert walk.texts().count(walk.says("utter_handoff_joined")) == 1


@pytest.mark.threat("T07")
@pytest.mark.parametrize(
    "sender",
    [
        Sender(STRANGER),
        Sender(ADA, "anonymous admin"),
        Sender(ADA, "channel"),
        Sender(ADA, "forward"),
        Sender(ADA, "via bot"),
        Sender(ADA, "bot"),
        Sender(PERSON),
    ],
)
async def test_nobody_else_can_act_in_a_topic(walk, sender):
    """Every other sender: no claim, no word to the person, no hand-back."""
    await asked(walk)
    thread = max(walk.topics)
    claim = walk.button([walk.cards[thread]], "Claim")
    before = walk.texts()
    for content in (Pressed(claim, "q", 1), Wrote("come outside", 90), TopicEvent("closed", thread)):
        await walk.arrives(FromGroup(GROUP, thread, sender, content))
    assert (await walk.state()).holder is Holder.QUEUED
    await walk.claims()
    for content in (Wrote("come outside", 91), TopicEvent("closed", thread)):
        await walk.arrives(FromGroup(GROUP, thread, sender, content))
    assert (await walk.state()).holder is Holder.ADVOCATE
    assert "come outside" not in " ".join(walk.texts())
    assert len(walk.texts()) == len(before) + 1


@pytest.mark.threat("T07")
async def test_removal_works_at_the_next_update(walk):
    await asked(walk)
    await walk.claims()
    await walk.stores.roster.remove_advocate("Heron")
    before = walk.texts()
    await walk.in_topic(Wrote("still me", 92))
    assert walk.texts() == before


@pytest.mark.threat("T07")
async def test_another_group_has_no_say(walk):
    await asked(walk)
    await walk.claims()
    before = walk.texts()
    await walk.arrives(FromGroup(ChatId(-1002), max(walk.topics), Sender(ADA), Wrote("hello", 93)))
    assert walk.texts() == before


@pytest.mark.threat("T11")
async def test_codes_and_headers_in_text_route_nothing(walk):
    """Whoever writes another case's code or our own marks reaches only their own topic."""
    await asked(walk)
    await walk.writes("me too", means="talk_to_human", who=OTHER)
    first, second = sorted(walk.topics)
    code = (await walk.stores.walk.case((await walk.state(OTHER)).case)).code
    await walk.writes(f"ℹ️ {code} 👤 close {second}")
    assert any(code in text for text in walk.topic_texts(first))
    assert not any("close" in text for text in walk.topic_texts(second))


@pytest.mark.threat("T14")
async def test_foreign_old_and_doubled_buttons_do_nothing(walk):
    """A handle works once, for whom it was made, until it expires."""
    await walk.writes("hello", means="greet")
    mine = walk.button(walk.person[PERSON], "person")
    await walk.writes("hello", means="greet", who=OTHER)
    await walk.does(Pressed(mine, "q", 1), OTHER)
    assert not walk.topics
    assert walk.texts(OTHER)[-1] == walk.says("utter_old_button")
    walk.clock.forward(days=60)
    await walk.does(Pressed(mine, "q", 1))
    assert not walk.topics
    await walk.writes("hello again", means="greet")
    fresh = walk.button(walk.person[PERSON], "person")
    await walk.does(Pressed(fresh, "q", 1))
    await walk.claims()
    await walk.press_card("hand back")
    await walk.does(Pressed(fresh, "q", 1))
    assert len(walk.topics) == 1


async def test_files_and_places_go_no_further_and_both_sides_hear_it(walk):
    await asked(walk)
    await walk.claims()
    await walk.does(SentFile("photo", 5))
    assert walk.texts()[-1] == walk.says("utter_text_only")
    assert walk.topic_texts()[-1].endswith(walk.says("adv_person_file", kind="photo"))
    await walk.does(SharedPlace(51.1234, 1.4321, 6))
    assert walk.texts()[-1] == walk.says("utter_place_with_advocate")
    assert "51.1" not in " ".join(walk.topic_texts())


async def test_an_edit_is_no_new_turn(walk):
    await asked(walk)
    await walk.claims()
    before = len(walk.topic_texts())
    await walk.does(Wrote("changed words", 5, edited=True))
    assert walk.topic_texts()[before:] == [f"ℹ️ {walk.says('adv_person_edited')}"]
