"""First contact, danger, a silent engine, and languages."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.joined import join_walk
from bot.messages import (
    ChatId,
    FromPrivate,
    Holder,
    Language,
    Pressed,
    Reach,
    ReachChanged,
    Sender,
    Started,
    TimerDue,
    Wrote,
)
from bot.messages import SentFile as File
from bot.outbox.ports import End, Result
from bot.relay.invites import new_token
from tests.support.walking import ADA, PERSON, places_of


async def test_start_gives_one_notice_and_the_languages_by_their_own_names(walk):
    await walk.does(Started(""))
    notice, choose = walk.texts()
    assert notice == walk.says("utter_notice")
    assert choose == walk.says("utter_choose_language")
    labels = [label for label, _, _ in walk.person[PERSON][-1].buttons]
    assert labels[0] == "English"
    assert {"Tiếng Việt", "العربية"} <= set(labels)


async def test_the_notice_comes_once(walk):
    await walk.does(Started(""))
    await walk.writes("what are my rights")
    await walk.does(Started(""))
    assert walk.texts().count(walk.says("utter_notice")) == 1


async def test_first_words_are_answered_beside_the_notice(walk):
    """Nobody fills in a form first: the answer is there at once."""
    await walk.writes("what are my rights")
    assert walk.texts()[0] == walk.says("utter_notice")
    assert walk.says("utter_rights_general") in walk.texts()


@pytest.mark.parametrize(("hint", "language"), [("vi", "vi"), ("ar-SD", "ar"), ("hi", None)])
async def test_the_notice_follows_telegrams_hint(walk, hint, language):
    await walk.does(Started(""), hint=hint)
    spoken = Language(language) if language else None
    assert walk.texts()[0] == walk.words.say("utter_notice", spoken).text


async def test_choosing_a_language_holds(walk):
    await walk.does(Started(""))
    await walk.presses("العربية")
    arabic = walk.words.say("utter_language_changed", Language("ar")).text
    assert arabic in walk.texts()
    await walk.writes("what are my rights")
    assert walk.texts()[-1] == walk.words.say("utter_rights_general", Language("ar")).text


async def test_danger_is_answered_first_and_opens_an_urgent_hand_off(walk):
    """The fixed safety text is the first thing shown, before any notice; advocates are called at once."""
    await walk.writes("he is hitting me", means="immediate_danger")
    assert walk.texts()[0] == walk.says("utter_danger_fixed")
    assert (await walk.state()).holder is Holder.QUEUED
    assert walk.cards[max(walk.topics)].text.count(walk.says("adv_urgent")) == 1


async def test_danger_without_a_safety_text_gets_one_all_the_same(walk):
    """If a rule or model forgot it, the walk itself puts the safety text first."""
    walk.engine.replies["immediate_danger"] = "utter_greet"
    await walk.writes("he is hitting me", means="immediate_danger")
    assert walk.texts()[0] == walk.says("utter_danger_fixed")


async def test_faint_danger_gets_the_safety_text_and_an_offer(walk):
    """Heard on almost no evidence, nobody is called unasked; one tap does it."""
    walk.engine.confidence = 0.1
    await walk.writes("he smashed it at the concert", means="immediate_danger")
    assert walk.texts()[0] == walk.says("utter_danger_fixed")
    assert walk.says("utter_talk_to_human") in walk.texts()
    assert (await walk.state()).holder is Holder.BOT
    walk.engine.confidence = 0.9
    await walk.presses("person")
    assert (await walk.state()).holder is Holder.QUEUED


async def test_danger_while_held_marks_the_topic(walk):
    await walk.writes("person please", means="talk_to_human")
    await walk.claims()
    await walk.writes("he is back", means="immediate_danger")
    assert "🔴👤 he is back" in walk.topic_texts()
    case = await walk.stores.walk.case((await walk.state()).case)
    assert case.urgent


async def test_a_silent_engine_still_gives_safety_text_and_a_person(walk):
    """F6: with no understanding at all there are fixed words, a menu, and the hand-off."""
    walk.engine.down = True
    await walk.writes("anything at all")
    assert walk.says("utter_engine_down") in walk.texts()
    await walk.presses("person")
    assert (await walk.state()).holder is Holder.QUEUED
    await walk.writes("hello?")
    assert "👤 hello?" in walk.topic_texts()


async def test_words_reach_the_advocate_although_the_engine_is_down(walk):
    await walk.writes("person please", means="talk_to_human")
    await walk.claims()
    walk.engine.down = True
    await walk.writes("can you hear me")
    assert "👤 can you hear me" in walk.topic_texts()


async def test_a_waiting_request_can_be_called_off(walk):
    await walk.writes("person please", means="talk_to_human")
    await walk.writes("no don't", means="cancel_handoff")
    assert (await walk.state()).holder is Holder.BOT
    assert walk.says("utter_handoff_cancelled") in walk.texts()


async def test_calling_off_what_nobody_asked_for_is_answered(walk):
    """The need may be misheard, in a goodbye for instance: a message is never met with silence."""
    await walk.writes("what are my rights")
    await walk.writes("good night", means="cancel_handoff")
    assert walk.texts()[-1] == walk.says("utter_deny")


async def test_without_a_group_the_truth_is_told(walk):
    walk.walk, _ = join_walk(
        walk.stores.walk,
        walk.engine,
        walk.words,
        walk.clock,
        places_of(walk.words),
        group=None,
        advocates_language=Language("en"),
        answer_press=walk.toast,
    )
    await walk.writes("person please", means="talk_to_human")
    assert walk.says("utter_no_group") in walk.texts()
    assert (await walk.state()).holder is Holder.BOT


async def test_blocking_is_a_state_and_the_topic_is_told(walk):
    """B12: the advocate sees that nothing can reach the person, and when they are back."""
    await walk.writes("person please", means="talk_to_human")
    await walk.claims()
    await walk.arrives(ReachChanged(PERSON, Reach.BLOCKED))
    assert walk.topic_texts()[-1] == f"ℹ️ {walk.says('adv_person_blocked')}"
    shown = walk.texts()
    await walk.in_topic(Wrote("are you safe?", 5))
    assert walk.texts() == shown
    await walk.arrives(ReachChanged(PERSON, Reach.OPEN))
    assert walk.texts()[-1] == "are you safe?"


async def test_a_file_gets_a_kind_refusal(walk):
    await walk.does(File("voice", 3))
    assert walk.texts()[-1] == walk.says("utter_text_only")


async def test_words_under_a_picture_are_heard(walk):
    """A caption is a message: in danger the safety text comes first, and the picture goes no further."""
    walk.engine.meanings["he hit me"] = "immediate_danger"
    await walk.does(File("photo", 3, "he hit me"))
    assert walk.texts()[0] == walk.says("utter_danger_fixed")
    assert walk.says("utter_text_only") in walk.texts()
    assert "🔴👤 he hit me" in walk.topic_texts()
    await walk.claims()
    await walk.does(File("photo", 4, "and this is the house"))
    assert "👤 and this is the house" in walk.topic_texts()


async def test_other_bots_are_not_people(walk):
    await walk.arrives(FromPrivate(Sender(PERSON, "bot"), Wrote("hi", 1)))
    assert walk.texts() == []


async def test_an_advocates_own_chat_is_no_young_person(walk):
    await walk.does(Wrote("hello", 1), ADA)
    assert walk.texts(ADA)[-1] == walk.says("adv_private_hint")


async def test_an_invitation_works_once(walk):
    await walk.does(Started(new_token()), ChatId(7001))
    assert walk.texts(ChatId(7001)) == [walk.says("adv_invite_bad")]
    assert await walk.stores.walk.advocate_by_user(ChatId(7001)) is None


async def test_an_uncertain_answer_is_offered_again_never_repeated(walk):
    """The bot's own answer is not sent twice by itself: a neutral button fetches it."""
    await walk.does(Started(""))
    walk.ends["Say"] = Result(End.UNCERTAIN)
    await walk.writes("what are my rights")
    rights = walk.says("utter_rights_general")
    assert rights not in walk.texts()
    row = await _uncertain_row(walk)
    person = (await walk.state()).person
    await walk.arrives(TimerDue("answer_again", person, str(row)))
    assert walk.texts()[-1] == walk.says("utter_answer_again")
    await walk.presses(walk.says("label_again"))
    assert walk.texts().count(rights) == 1


async def test_a_second_offer_of_the_same_answer_harms_nobody(walk):
    """Two offers stand on the phone and both are tapped: one answer, and the chat goes on."""
    await walk.does(Started(""))
    walk.ends["Say"] = Result(End.UNCERTAIN)
    await walk.writes("what are my rights")
    row, person = await _uncertain_row(walk), (await walk.state()).person
    await walk.arrives(TimerDue("answer_again", person, str(row)))
    await walk.arrives(TimerDue("answer_again", person, f"{row}:1"))
    offers = [
        h
        for shown in walk.person[PERSON]
        for label, h, _ in shown.buttons
        if label == walk.says("label_again")
    ]
    for handle in offers:
        await walk.does(Pressed(handle, "q", 1))
    assert len(offers) == 2
    assert walk.texts().count(walk.says("utter_rights_general")) == 1
    await walk.writes("hello", means="greet")
    assert walk.texts()[-1] == walk.says("utter_greet")
    before = len(walk.texts())
    await walk.arrives(TimerDue("answer_again", person, f"{row}:2"))
    assert len(walk.texts()) == before


async def _uncertain_row(walk) -> int:
    query = text("SELECT id FROM outbox WHERE state = 'uncertain'")
    return await walk.stores.database.run(lambda db: db.execute(query).scalar_one(), writes=False)
