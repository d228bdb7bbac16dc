"""Each kind of row becomes the calls it means, in plain text, and comes back with its end."""

from __future__ import annotations

import pytest

from bot.messages import Act, Button, OpenTopic, React, Say, SetTopic, ShowCard
from bot.outbox.ports import End, Refusal, Result
from tests.support.rows import to_general, to_person, to_topic
from tests.support.standin import ADA, GROUP, PERSON, StandIn

CLAIM = Button("Claim", Act("claim"))


async def test_words_reach_the_person_as_they_are(telegram: StandIn) -> None:
    text = "1 < 2 & *not bold* _x_ [y](z) https://example.org @ada /start"
    result = await telegram.api.send(to_person(text))
    assert result.end is End.SENT
    assert telegram.seen_by(PERSON) == [text]
    (call,) = telegram.calls("sendMessage")
    assert "parse_mode" not in call
    assert call["link_preview_options"] == {"is_disabled": True}


async def test_buttons_carry_handles_and_short_ones_share_a_row(telegram: StandIn) -> None:
    labels = ["Tiếng Việt", "English", "العربية", "Shqip", "I want to talk to a person", "No"]
    body = Say("?", tuple(Button(label, Act("x")) for label in labels))
    row = to_person(body)
    await telegram.api.send(row)
    keyboard = telegram.calls("sendMessage")[0]["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in line] for line in keyboard] == [
        labels[:3],
        [labels[3]],
        [labels[4]],
        [labels[5]],
    ]
    assert [button["callback_data"] for line in keyboard for button in line] == list(row.handles)


async def test_a_topic_is_made_in_the_colour_of_its_urgency(telegram: StandIn) -> None:
    calm = await telegram.api.send(to_topic(OpenTopic("🟡 K7"), None))
    urgent = await telegram.api.send(to_topic(OpenTopic("🔴 K8", urgent=True), None))
    assert calm.end is urgent.end is End.SENT
    topics = telegram.world.chats[GROUP].topics
    assert [topics[found.message].name for found in (calm, urgent) if found.message] == ["🟡 K7", "🔴 K8"]
    assert [call["icon_color"] for call in telegram.calls("createForumTopic")] == [0xFFD67E, 0xFB6F5F]


async def test_words_for_a_topic_go_there_and_nowhere_else(telegram: StandIn) -> None:
    thread = telegram.topic()
    assert (await telegram.api.send(to_topic("hello", thread))).end is End.SENT
    assert telegram.calls("sendMessage")[0]["message_thread_id"] == thread


@pytest.mark.parametrize("body", [Say("secret"), ShowCard("card"), SetTopic("n", True)])
async def test_without_its_topic_nothing_leaves(telegram: StandIn, body: Say | ShowCard | SetTopic) -> None:
    """It would land in General, before everybody's eyes."""
    assert await telegram.api.send(to_topic(body, None)) == Result(End.NOT_SENT)
    assert telegram.world.records.requests() == []


async def test_an_alarm_goes_to_general(telegram: StandIn) -> None:
    assert (await telegram.api.send(to_general("look here"))).end is End.SENT
    assert "message_thread_id" not in telegram.calls("sendMessage")[0]


async def test_a_card_is_sent_once_and_then_edited(telegram: StandIn) -> None:
    thread = telegram.topic()
    sent = await telegram.api.send(to_topic(ShowCard("waiting", (CLAIM,)), thread))
    edited = await telegram.api.send(to_topic(ShowCard("claimed"), thread, card=sent.message))
    assert edited == Result(End.SENT, message=sent.message)
    same = await telegram.api.send(to_topic(ShowCard("claimed"), thread, card=sent.message))
    assert same == Result(End.SENT, message=sent.message)
    assert [len(telegram.calls(name)) for name in ("sendMessage", "editMessageText")] == [1, 2]


async def test_a_card_that_was_deleted_is_put_there_again(telegram: StandIn) -> None:
    thread = telegram.topic()
    sent = await telegram.api.send(to_topic(ShowCard("waiting"), thread))
    telegram.does("delete", **{"as": ADA, "chat": GROUP, "message": sent.message})
    again = await telegram.api.send(to_topic(ShowCard("claimed"), thread, card=sent.message))
    assert again.end is End.SENT
    assert again.message != sent.message


async def test_a_topic_is_brought_to_its_name_and_state_however_often(telegram: StandIn) -> None:
    thread = telegram.topic()
    for closed in (True, True, False, False):
        assert (await telegram.api.send(to_topic(SetTopic("⚪ K7", closed), thread))).end is End.SENT
        topic = telegram.world.chats[GROUP].topics[thread]
        assert (topic.name, topic.closed) == ("⚪ K7", closed)


async def test_a_reaction_is_put_and_taken_away(telegram: StandIn) -> None:
    thread = telegram.topic()
    said = telegram.does("send", **{"as": ADA, "chat": GROUP, "thread": thread, "text": "hi"})
    number = said["message_id"]
    for emoji in ("👌", None):
        assert (await telegram.api.send(to_topic(React(number, emoji), thread))).end is End.SENT
    assert [call["reaction"] for call in telegram.calls("setMessageReaction")] == [
        [{"type": "emoji", "emoji": "👌"}],
        [],
    ]


async def test_long_words_arrive_whole_in_parts(telegram: StandIn) -> None:
    text = "\n".join(f"{number:04d} " + "đ" * 90 for number in range(100))
    assert (await telegram.api.send(to_person(Say(text, (CLAIM,))))).end is End.SENT
    shown = telegram.seen_by(PERSON)
    assert [len(part) <= 4096 for part in shown] == [True] * 3
    assert "\n".join(shown) == text
    markups = ["reply_markup" in call for call in telegram.calls("sendMessage")]
    assert markups == [False, False, True]


async def test_when_a_later_part_fails_it_is_uncertain(telegram: StandIn) -> None:
    """Tried again as a whole, the first part would arrive twice."""
    telegram.faulty("sendMessage", "429", nth=2)
    assert (await telegram.api.send(to_person("x\n" * 4000))).end is End.UNCERTAIN


async def test_merged_rows_go_as_one_message(telegram: StandIn) -> None:
    thread = telegram.topic()
    rows = [to_topic(Say(f"👤 {number}", mergeable=True), thread) for number in range(3)]
    assert (await telegram.api.send(rows[0], rows[1:])).end is End.SENT
    assert telegram.calls("sendMessage")[0]["text"] == "👤 0\n👤 1\n👤 2"


async def test_a_lone_half_of_a_letter_does_not_stop_a_message(telegram: StandIn) -> None:
    assert (await telegram.api.send(to_person("a \ud83d b"))).end is End.SENT
    assert telegram.seen_by(PERSON) == ["a \ufffd b"]


async def test_each_refusal_has_its_own_name(telegram: StandIn) -> None:
    thread = telegram.topic()
    telegram.does("topic", **{"as": ADA, "chat": GROUP, "action": "delete", "thread": thread})
    for body in (Say("x"), SetTopic("n", False), ShowCard("c")):
        result = await telegram.api.send(to_topic(body, thread, card=thread))
        assert result == Result(End.REFUSED, refusal=Refusal.TOPIC_GONE), body
    telegram.does("block", **{"as": PERSON, "blocked": True})
    assert (await telegram.api.send(to_person("x"))).refusal is Refusal.BLOCKED
    telegram.does("delete_account", **{"as": 3002})
    assert (await telegram.api.send(to_person("x", 3002))).refusal is Refusal.DELETED
    assert (await telegram.api.send(to_person("x", 999))).refusal is Refusal.CHAT_NOT_FOUND
    assert (await telegram.api.send(to_person("  \n ", 3003))).refusal is Refusal.BAD_REQUEST
    gone = to_topic(React(99999, "👌"), thread)
    assert (await telegram.api.send(gone)).refusal is Refusal.MESSAGE_GONE


async def test_a_group_that_changed_refuses_by_name(telegram: StandIn) -> None:
    topic = to_topic(OpenTopic("K9"), None)
    telegram.does("member", chat=GROUP, user=telegram.api.bot_id, action="demote")
    assert (await telegram.api.send(topic)).refusal is Refusal.NO_RIGHTS
    telegram.does("member", chat=GROUP, user=telegram.api.bot_id, action="kick")
    assert (await telegram.api.send(topic)).refusal is Refusal.KICKED


async def test_a_group_that_moved_says_where(telegram: StandIn) -> None:
    new = telegram.does("migrate", chat=GROUP)["new_chat"]
    result = await telegram.api.send(to_general("x"))
    assert result == Result(End.REFUSED, refusal=Refusal.MIGRATED, moved_to=new)


async def test_a_press_is_answered_and_an_old_one_harms_nobody(telegram: StandIn) -> None:
    await telegram.api.send(to_person(Say("?", (CLAIM,))))
    pressed = telegram.does("press", **{"as": PERSON, "chat": PERSON, "message": 1, "data": "x"})
    await telegram.api.answer_press(pressed["query"], "Done " * 100, alert=True)
    await telegram.api.answer_press(pressed["query"])
    await telegram.api.answer_press("unheard of")
    (alert,) = telegram.world.alerts
    assert len(alert["text"]) == 200
