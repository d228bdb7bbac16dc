"""The young person's phone: writing, buttons, and what else a message can be or become."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_words_appear_and_reach_the_bot(standin, phones):
    """What a person writes stands on the phone, goes to the bot, and its ticks tell how far it came."""
    await phones.write("Tôi cần giúp đỡ")
    message = phones.by("person-message")
    await expect(message.get_by_test_id("person-text")).to_have_text("Tôi cần giúp đỡ")
    await expect(phones.by("person-tick", tick="waiting")).to_have_count(1)
    await expect(phones.by("queue-pending")).to_have_text("1")

    update = await standin.fetch("message")
    assert (update["text"], update["from"]["id"], update["from"]["language_code"]) == (
        "Tôi cần giúp đỡ",
        3001,
        "vi",
    )
    await expect(phones.by("person-tick", tick="delivered")).to_have_count(1)

    await standin.confirm()
    await expect(phones.by("person-tick", tick="confirmed")).to_have_count(1)
    await expect(phones.by("queue-pending")).to_have_text("0")


async def test_a_button_reaches_the_bot_and_its_answer_is_shown(standin, phones):
    """A press is a callback query; a toast goes by itself, an alert waits for OK."""
    await phones.write("hello")
    await standin.say(3001, "Are you safe?", [("Yes", "safe:yes"), ("No", "safe:no")], [("A human", "human")])
    await expect(phones.by("person-button")).to_have_text(["Yes", "No", "A human"])

    await phones.by("person-button", data="safe:no").click()
    query = await standin.fetch("callback_query")
    assert (query["data"], query["from"]["id"]) == ("safe:no", 3001)
    await standin.bot("answerCallbackQuery", callback_query_id=query["id"], text="One moment")
    await expect(phones.by("toast")).to_have_text("One moment")

    await phones.by("person-button", data="human").click()
    query = await standin.fetch("callback_query")
    await standin.bot(
        "answerCallbackQuery", callback_query_id=query["id"], text="Someone is coming", show_alert=True
    )
    await expect(phones.by("alert")).to_contain_text("Someone is coming")
    await phones.by("alert-ok").click()
    await expect(phones.by("alert")).to_have_count(0)


async def test_the_bot_may_change_and_take_back_its_words(standin, phones):
    """An edit shows the new words without the old buttons; a deletion leaves nothing to read."""
    await phones.write("hello")
    message = await standin.say(3001, "First words", [("Go", "go")])
    shown = phones.by("person-message", message=message)
    await expect(shown).to_contain_text("First words")
    await standin.bot("editMessageText", chat_id=3001, message_id=message, text="Second words")
    await expect(shown.get_by_test_id("person-text")).to_have_text("Second words")
    await expect(shown).to_contain_text("edited")
    await expect(shown.get_by_test_id("person-button")).to_have_count(0)

    await standin.bot("deleteMessage", chat_id=3001, message_id=message)
    await expect(shown).to_have_count(0)
    await expect(phones.by("person-log")).not_to_contain_text("Second words")


async def test_a_person_edits_answers_and_deletes(standin, phones):
    """Own words can be edited and deleted; the bot's words can be answered."""
    await phones.write("I am in Dver")
    own = phones.by("person-message", own="true")
    await phones.menu(own)
    await phones.by("action-edit").click()
    await expect(phones.by("person-input")).to_have_value("I am in Dver")
    await phones.write("I am in Dover")
    await expect(own.get_by_test_id("person-text")).to_have_text("I am in Dover")
    assert (await standin.fetch("edited_message"))["text"] == "I am in Dover"

    theirs = phones.by("person-message", message=await standin.say(3001, "Are you hurt?"))
    await phones.menu(theirs)
    await expect(phones.by("action-edit")).to_have_count(0)
    await phones.by("action-reply").click()
    await expect(phones.by("person-context")).to_contain_text("Are you hurt?")
    await phones.write("No")
    answer = await standin.fetch("message")
    assert (answer["text"], answer["reply_to_message"]["text"]) == ("No", "Are you hurt?")

    await phones.menu(own.first)
    await phones.by("action-delete").click()
    await expect(phones.by("person-log")).not_to_contain_text("I am in Dover")


async def test_a_place_is_shared_by_name_or_by_numbers(standin, phones):
    """A location goes to the bot as numbers, from the list or typed."""
    await phones.by("person-attach").click()
    await phones.by("attach-location").click()
    await phones.by("place", place="Dover, the harbour").click()
    place = (await standin.fetch("message"))["location"]
    assert (round(place["latitude"], 3), round(place["longitude"], 3)) == (51.128, 1.313)
    await expect(phones.by("person-message", kind="location")).to_contain_text("51.1279, 1.3134")

    await phones.by("person-attach").click()
    await phones.by("attach-location").click()
    await phones.by("latitude").fill("54.6")
    await phones.by("longitude").fill("-5.93")
    await phones.by("location-send").click()
    place = (await standin.fetch("message"))["location"]
    assert (round(place["latitude"], 2), round(place["longitude"], 2)) == (54.6, -5.93)


@pytest.mark.parametrize(
    ("kind", "name", "media"),
    [
        ("voice", "note.ogg", "audio/ogg"),
        ("photo", "room.jpg", "image/jpeg"),
        ("document", "letter.pdf", "application/pdf"),
    ],
)
async def test_a_file_is_sent(standin, phones, kind, name, media):
    """A voice message, a photo and a document come to the bot as what they are."""
    await phones.by("person-attach").click()
    await phones.by(f"attach-{kind}").click()
    await phones.by("file-input").set_input_files({"name": name, "mimeType": media, "buffer": b"some bytes"})
    await phones.by("file-send").click()
    await expect(phones.by("person-message", kind=kind)).to_have_count(1)
    assert (await standin.fetch("message"))[kind]


async def test_start_with_and_without_a_link(standin, phones):
    """The Start button writes /start; a link carries its payload behind it."""
    await phones.by("person-start").click()
    assert (await standin.fetch("message"))["text"] == "/start"
    await expect(phones.by("person-start")).to_be_hidden()

    await phones.by("person-menu").click()
    await phones.by("person-deep-link").click()
    await phones.by("person-payload").fill("poster_7")
    await phones.by("person-payload-send").click()
    assert (await standin.fetch("message"))["text"] == "/start poster_7"


async def test_blocking_is_told_and_can_be_taken_back(standin, phones):
    """A blocked bot learns of it and cannot write; the phone says so until it is unblocked."""
    await phones.write("hello")
    await phones.by("person-menu").click()
    await phones.by("person-block").click()
    await expect(phones.by("person-blocked")).to_be_visible()
    change = await standin.fetch("my_chat_member")
    assert change["new_chat_member"]["status"] == "kicked"

    await phones.by("person-menu").click()
    await phones.by("person-block").click()
    await expect(phones.by("person-blocked")).to_be_hidden()
    assert (await standin.fetch("my_chat_member"))["new_chat_member"]["status"] == "member"


async def test_typing_is_shown_for_five_seconds(standin, phones):
    """The typing sign comes with sendChatAction and goes by itself after five seconds."""
    await phones.write("hello")
    await phones.page.clock.install()
    await standin.bot("sendChatAction", chat_id=3001, action="typing")
    await expect(phones.by("person-typing")).to_be_visible()
    await phones.page.clock.fast_forward(5_100)
    await expect(phones.by("person-typing")).to_be_hidden()


async def test_typing_ends_with_the_words(standin, phones):
    """Once the words are there, nobody is typing."""
    await phones.write("hello")
    await standin.bot("sendChatAction", chat_id=3001, action="typing")
    await expect(phones.by("person-typing")).to_be_visible()
    await standin.say(3001, "Here I am")
    await expect(phones.by("person-log")).to_contain_text("Here I am")
    await expect(phones.by("person-typing")).to_be_hidden()
