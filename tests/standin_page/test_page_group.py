"""The advocate's phone: topics, members, private chat, and who holds it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

GROUP = -1001000000001
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_topic_of_the_bot_appears_with_what_is_unread(standin, phones):
    """A new topic stands in the list with its unread count; opening it shows the words and clears it."""
    thread = await standin.topic("Heron 417")
    await standin.say(GROUP, "New case, urgent", [("Take it", "take")], message_thread_id=thread)
    row = phones.by("advocate-topic", thread=thread)
    await expect(row).to_contain_text("Heron 417")
    await expect(row.get_by_test_id("topic-unread")).to_have_text("1")
    await expect(phones.by("advocate-topic").first).to_contain_text("General")

    await row.click()
    await expect(phones.by("topic-title")).to_have_text("Heron 417")
    await expect(phones.by("topic-text")).to_have_text("New case, urgent")
    await phones.by("advocate-back").click()
    await expect(row.get_by_test_id("topic-unread")).to_have_count(0)


async def test_an_advocate_presses_and_writes_in_a_topic(standin, phones):
    """A press and an answer in a topic carry the advocate, the group and the topic."""
    thread = await standin.topic("Heron 417")
    await standin.say(GROUP, "New case", [("Take it", "take")], message_thread_id=thread)
    await phones.by("advocate-select").select_option("Ben")
    await phones.by("advocate-topic", thread=thread).click()
    await phones.by("topic-button").click()
    query = await standin.fetch("callback_query")
    assert (query["data"], query["from"]["first_name"]) == ("take", "Ben")

    await phones.write("I am here for you", side="topic")
    written = await standin.fetch("message")
    assert (written["text"], written["from"]["first_name"], written["message_thread_id"]) == (
        "I am here for you",
        "Ben",
        thread,
    )
    await expect(phones.by("topic-message", own="true")).to_contain_text("I am here for you")


async def test_words_stay_in_their_topic(standin, phones):
    """A topic shows its own messages only, and General those without a topic."""
    first, second = await standin.topic("First"), await standin.topic("Second")
    await standin.say(GROUP, "for the first", message_thread_id=first)
    await standin.say(GROUP, "for the second", message_thread_id=second)
    await standin.say(GROUP, "for all")
    for thread, words in ((first, "for the first"), (second, "for the second"), (0, "for all")):
        await phones.by("advocate-topic", thread=thread).click()
        await expect(phones.by("topic-text")).to_have_text([words])
        await phones.by("advocate-back").click()


async def test_an_advocate_answers_reacts_edits_and_deletes(standin, phones):
    """The actions on a message of a topic reach the bot, or the group, as Telegram would carry them."""
    thread = await standin.topic("Heron 417")
    await standin.say(GROUP, "Words of the person", message_thread_id=thread)
    await phones.by("advocate-topic", thread=thread).click()
    theirs = phones.by("topic-message", own="false")
    await phones.menu(theirs, "topic")
    await phones.by("action-reply").click()
    await phones.write("My answer", side="topic")
    written = await standin.fetch("message")
    assert written["reply_to_message"]["text"] == "Words of the person"

    await phones.menu(theirs, "topic")
    await phones.by("action-react", emoji="👍").click()
    await expect(theirs.get_by_test_id("topic-reaction")).to_have_text("👍")

    own = phones.by("topic-message", own="true")
    await phones.menu(own, "topic")
    await phones.by("action-edit").click()
    await phones.write("My better answer", side="topic")
    assert (await standin.fetch("edited_message"))["text"] == "My better answer"
    await phones.menu(own, "topic")
    await phones.by("action-delete").click()
    await expect(own).to_have_count(0)


async def test_topics_are_created_closed_reopened_renamed_deleted(standin, phones):
    """An advocate runs topics by hand; the list shows each change."""
    await phones.by("topic-new").click()
    await phones.by("topic-name").fill("Handover notes")
    await phones.by("topic-create").click()
    row = phones.by("advocate-topic").filter(has_text="Handover notes")
    await row.click()

    for action, closed in (("topic-close", True), ("topic-reopen", False)):
        await phones.by("topic-menu").click()
        await phones.by(action).click()
        await expect(phones.by("topic-closed")).to_be_visible(visible=closed)

    await phones.by("topic-menu").click()
    await phones.by("topic-rename").click()
    await phones.by("topic-name").fill("Night notes")
    await phones.by("topic-rename-save").click()
    await expect(phones.by("topic-title")).to_have_text("Night notes")

    await phones.by("topic-menu").click()
    await phones.by("topic-delete").click()
    await phones.by("topic-delete-yes").click()
    await expect(phones.by("advocate-topic").filter(has_text="Night notes")).to_have_count(0)


async def test_a_topic_closed_by_the_bot_is_marked(standin, phones):
    """A closed topic carries its mark in the list, and again none when it is opened."""
    thread = await standin.topic("Heron 417")
    await standin.bot("closeForumTopic", chat_id=GROUP, message_thread_id=thread)
    await expect(phones.by("advocate-topic", thread=thread, closed="true")).to_have_count(1)
    await standin.bot("reopenForumTopic", chat_id=GROUP, message_thread_id=thread)
    await expect(phones.by("advocate-topic", thread=thread, closed="false")).to_have_count(1)


async def test_members_and_their_rights_change(standin, phones):
    """Promote, demote, remove and let in are shown, and told to the bot."""
    await phones.by("members-open").click()
    bot = phones.by("member", user=1000001)
    await expect(bot).to_contain_text("manage topics")
    ben = phones.by("member", user=2002)
    for action, status in (
        ("promote", "administrator"),
        ("demote", "member"),
        ("kick", "kicked"),
        ("join", "member"),
    ):
        await ben.locator(f'[data-action="{action}"]').click()
        await expect(phones.by("member", user=2002, status=status)).to_have_count(1)

    await bot.locator('[data-action="demote"]').click()
    assert (await standin.fetch("my_chat_member"))["new_chat_member"]["status"] == "member"


async def test_a_person_let_into_the_group_stays_on_the_left_phone(standin, phones):
    """Whoever joins the group can look at it on the right; a young person keeps their own phone."""
    await phones.by("members-open").click()
    await phones.by("member-join-select").select_option("3001")
    await phones.by("member-join").click()
    await expect(phones.by("member", user=3001)).to_have_count(1)
    await expect(phones.by("person-tab", user=3001)).to_have_count(1)
    await expect(phones.by("advocate-select").locator("option")).to_have_count(4)


async def test_an_advocates_private_chat(standin, phones):
    """Each advocate has a chat of their own with the bot, apart from the group."""
    await phones.by("advocate-private-view").click()
    await phones.write("/start", side="advocate")
    written = await standin.fetch("message")
    assert (written["from"]["first_name"], written["chat"]["type"]) == ("Ada", "private")
    await standin.say(2001, "You are on the roster")
    await expect(phones.by("advocate-message", own="false")).to_contain_text("You are on the roster")

    await phones.by("advocate-select").select_option("Cleo")
    await expect(phones.by("advocate-message")).to_have_count(0)


async def test_words_walk_between_both_phones(standin, phones):
    """A bot of a few lines carries words from the left phone to a topic on the right, and the answer back."""
    await phones.hold(3002)
    await phones.write("أحتاج إلى مساعدة")
    asked = await standin.fetch("message")
    thread = await standin.topic("Heron 417")
    await standin.bot(
        "copyMessage",
        chat_id=GROUP,
        message_thread_id=thread,
        from_chat_id=asked["chat"]["id"],
        message_id=asked["message_id"],
    )
    await phones.by("advocate-topic", thread=thread).click()
    await expect(phones.by("topic-text")).to_have_text("أحتاج إلى مساعدة")
    await expect(phones.by("topic-log")).not_to_contain_text("Phone 2")

    await phones.write("أنا هنا معك", side="topic")
    answered = await standin.fetch("message")
    await standin.bot(
        "copyMessage",
        chat_id=asked["chat"]["id"],
        from_chat_id=GROUP,
        message_id=answered["message_id"],
    )
    await expect(phones.by("person-text").last).to_have_text("أنا هنا معك")
    await expect(phones.by("person-log")).not_to_contain_text("Ada")
