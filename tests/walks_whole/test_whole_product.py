"""Rows of the product's promise, walked by the whole service against the stand-in."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.gateway.lanes import to_store
from bot.messages import Language
from tests.chaos.traces import forms, found_in, number_forms

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.model]

GROUP = -1001000000001
ADA, BEN = 2001, 2002


@pytest.mark.parametrize(
    ("language", "words", "response"),
    [
        ("en", "will the police arrest me", "utter_police_arrest"),
        ("vi", "cảnh sát có bắt em không", "utter_police_arrest"),
        ("ar", "هل الشرطة ستعتقلني", "utter_police_arrest"),
    ],
)
async def test_words_are_answered_in_their_language(product, language, words, response):
    """A1: a message is understood and answered in the same chat, in the language it was written in."""
    who = await product.newcomer(language)
    await product.says(who, words)
    answer = product.service.words.say(response, Language(language)).text
    await product.sees(who, answer)
    assert [e["text"] for e in await product.shown(who)].count(answer) == 1


async def test_a_person_is_asked_for_both_talk_and_it_goes_back(product):
    """A1, A2, A3, B2, B13: from the button to the hand-back, with both phones."""
    who = await product.newcomer()
    await product.says(who, "hello there")
    await product.sees(who, product.service.words.say("utter_greet", None).text)
    await product.presses(who, "person")
    await product.sees(who, product.service.words.say("utter_handoff_queued", None).text)
    await product.says(who, "my name is canary-one")
    thread = await product.topic_of("canary-one")
    await product.claims(thread)
    await product.sees(who, product.service.words.say("utter_handoff_joined", None).text)
    await product.in_topic(thread, "I am here, canary-two")
    await product.sees(who, "I am here, canary-two")
    await product.says(who, "thank you canary-three")
    await product.sees(ADA, "thank you canary-three")
    await product.presses(ADA, "hand back", GROUP, thread)
    await product.sees(who, product.service.words.say("utter_handoff_closed", None).text)
    await product.says(who, "what are my rights")
    await product.sees(who, product.service.words.say("utter_rights_general", None).text)


async def test_delivered_is_shown_only_once_telegram_has_it(product):
    """B13: the mark on the advocate's own message comes after the person's phone shows it."""
    who = await product.newcomer()
    thread = await product.asks_for_a_person(who, "i want to talk to a real person canary-b13")
    await product.claims(thread)
    await product.sees(who, product.service.words.say("utter_handoff_joined", None).text)
    await product.post(
        "faults", method="sendMessage", match={"chat_id": str(who)}, times=1, action="429", retry_after=1
    )
    before = len(await reactions(product))
    sent = await product.in_topic(thread, "are you safe b13")
    await product.sees(who, "are you safe b13")
    told = {"for": "request", "method": "setMessageReaction", "count": before + 1, "seconds": 20}
    await product.post("wait", **told)
    assert (await reactions(product))[-1]["parameters"]["message_id"] == sent["message_id"]


async def reactions(product) -> list:
    """Return every reaction the bot has set, oldest first."""
    return (await product.client.get("/standin/requests?method=setMessageReaction")).json()


async def test_five_messages_in_a_second_arrive_in_order(product):
    """A8: five at once, five in the topic, in the order they were written."""
    who = await product.newcomer()
    thread = await product.asks_for_a_person(who, "can a real person talk to me please canary-a8")
    await product.claims(thread)
    await product.sees(who, product.service.words.say("utter_handoff_joined", None).text)
    for number in range(5):
        await product.says(who, f"five-{number}")
    await product.sees(ADA, "five-4")
    text = "\n".join(e["text"] for e in await product.shown(ADA) if e["thread"] == thread)
    places = [text.index(f"five-{number}") for number in range(5)]
    assert places == sorted(places)
    assert all(text.count(f"five-{number}") == 1 for number in range(5))


async def test_a_topic_deleted_by_hand_is_made_anew_and_nothing_is_lost(product):
    """B10: the next message makes the topic again and stands in it."""
    who = await product.newcomer()
    thread = await product.asks_for_a_person(who, "i need a human to talk to canary-b10")
    await product.claims(thread)
    await product.sees(who, product.service.words.say("utter_handoff_joined", None).text)
    await product.post("topic", **{"as": ADA, "chat": GROUP, "action": "delete", "thread": thread})
    await product.says(who, "are you there b10-lost-or-not")
    again = await product.topic_of("b10-lost-or-not")
    assert again != thread
    await product.in_topic(again, "yes, b10 still here")
    await product.sees(who, "yes, b10 still here")


async def test_the_same_update_twice_is_one_turn(product):
    """B15: an update that Telegram sends again is passed over."""
    who = await product.newcomer()
    await product.says(who, "hello there")
    await product.sees(who, product.service.words.say("utter_greet", None).text)
    update = {
        "update_id": 987654321,
        "message": {
            "message_id": 1,
            "date": int(time.time()),
            "chat": {"id": who, "type": "private", "first_name": "Someone"},
            "from": {"id": who, "is_bot": False, "first_name": "Someone", "language_code": "en"},
            "text": "what are my rights",
        },
    }
    answer = product.service.words.say("utter_rights_general", None).text
    inbox = product.service.stores.inbox
    assert await inbox.add([to_store(update)]) == 1
    product.service.workers.wake()
    await product.sees(who, answer)
    assert await inbox.add([to_store(update)]) == 0
    await product.says(who, "thanks a lot")
    await product.sees(who, product.service.words.say("utter_thanks", None).text)
    assert [e["text"] for e in await product.shown(who)].count(answer) == 1


async def test_a_blocked_person_is_told_to_the_topic(product):
    """B12: the advocate learns it at the next send at the latest."""
    who = await product.newcomer()
    thread = await product.asks_for_a_person(who, "please a person canary-b12")
    await product.claims(thread)
    await product.sees(who, product.service.words.say("utter_handoff_joined", None).text)
    await product.post("block", **{"as": who, "blocked": True})
    await product.in_topic(thread, "hello b12")
    await product.sees(ADA, product.service.words.say("adv_person_blocked", None).text)
    await product.post("block", **{"as": who, "blocked": False})
    await product.sees(who, "hello b12")


async def test_one_chats_429_does_not_stop_the_others(product):
    """B18: a person whose chat is slowed down waits alone; nothing of theirs is lost."""
    slow, quick = await product.newcomer(), await product.newcomer()
    match = {"chat_id": str(slow)}
    await product.post("faults", method="sendMessage", match=match, times=1, action="429", retry_after=4)
    await asyncio.gather(product.says(slow, "what are my rights"), product.says(quick, "what are my rights"))
    answer = product.service.words.say("utter_rights_general", None).text
    await product.sees(quick, answer)
    assert answer not in [e["text"] for e in await product.shown(slow)]
    await product.sees(slow, answer)


@pytest.mark.threat("T27")
@pytest.mark.threat("T23")
async def test_nothing_anyone_wrote_or_is_shows_in_a_log_or_on_disk(product):
    """Canaries, ids and the token stand neither in the logs (at DEBUG) nor in any file, in any disguise."""
    who = await product.newcomer()
    thread = await product.asks_for_a_person(who, "please a real person canary-Zq7xKw")
    await product.claims(thread)
    await product.sees(who, product.service.words.say("utter_handoff_joined", None).text)
    await product.in_topic(thread, "hello canary-Wp4vRt")
    await product.sees(who, "hello canary-Wp4vRt")
    secrets = {word: forms(word) for word in ("Zq7xKw", "Wp4vRt", str(product.service.settings.token))}
    secrets |= {f"id {number}": number_forms(number) for number in (GROUP,)}
    assert product.logged(), "nothing was logged, so nothing was looked at"
    assert found_in([product.folder], secrets) == []


async def test_the_operators_pages_tell_how_it_stands(product):
    """`/ready` and `/metrics` answer, with fixed labels only."""
    async with product.pages() as pages:
        assert (await pages.get("/health")).text == "up\n"
        assert (await pages.get("/ready")).json() == {"ready": True, "wrong": {}}
        metrics = (await pages.get("/metrics")).text
    assert 'harbour_turns_total{end="done"}' in metrics
    assert "harbour_waiting_rows" in metrics
