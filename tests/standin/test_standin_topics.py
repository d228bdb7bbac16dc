"""Topics of the advocates' forum, and what the bot hears of its own deeds."""

import pytest

GROUP, VIET, ADA, BEN = -1001000000001, 3001, 2001, 2002
NOT_FOUND = "400 Bad Request: message thread not found"


async def demote_bot(people, **told):
    await people.post("member", chat=GROUP, user=1000001, action="promote", rights=[], **told)


async def test_a_topics_id_is_its_service_messages_id(bot, people):
    """Source: telegram-bot-api Client.cpp:4128, 4727."""
    topic = await bot.ok("createForumTopic", chat_id=GROUP, name="HB-7K2", icon_color=7322096)
    told = (await bot.updates())[0]["message"]
    assert told["message_id"] == told["message_thread_id"] == topic["message_thread_id"]
    assert told["forum_topic_created"] == {"name": "HB-7K2", "icon_color": 7322096}


async def test_sends_in_a_topic_carry_its_id_and_general_carries_none(bot, people):
    """Source: telegram-bot-api Client.cpp:4128, 4727."""
    thread = await bot.topic()
    inside = await bot.says(GROUP, message_thread_id=thread)
    general = await bot.says(GROUP)
    assert (inside["message_thread_id"], inside["is_topic_message"]) == (thread, True)
    assert "message_thread_id" not in general
    assert "is_topic_message" not in general


async def test_a_plain_message_in_a_topic_answers_the_topics_first_one(bot, people):
    """Clients send the topic's number as the reply header, so every message there has reply_to_message.

    Source: telegram-bot-api Client.cpp, JsonMessage.
    """
    thread = await bot.topic()
    await people.writes(ADA, "hello", chat=GROUP, thread=thread)
    told = (await bot.updates())[-1]["message"]
    assert told["reply_to_message"]["message_id"] == thread
    assert "forum_topic_created" in told["reply_to_message"]


async def test_a_reply_in_general_carries_a_thread_id_that_is_no_topic(bot, people):
    """And sending to it is refused.

    Source: telegram-bot-api Client.cpp:4727, 8276; levlam in tdlib/telegram-bot-api#447, #356.
    """
    first = await people.writes(ADA, "first", chat=GROUP)
    await people.writes(BEN, "answer", chat=GROUP, reply_to=first["message"])
    told = (await bot.updates())[-1]["message"]
    assert told["message_thread_id"] == first["message"]
    assert "is_topic_message" not in told
    assert (
        await bot.refused("sendMessage", chat_id=GROUP, text="x", message_thread_id=first["message"])
        == NOT_FOUND
    )


@pytest.mark.parametrize("thread", [1, 4711])
async def test_general_by_number_and_unknown_topics_are_not_found(bot, thread):
    """Source: telegram-bot-api Client.cpp:8276; levlam in tdlib/telegram-bot-api#447."""
    assert await bot.refused("sendMessage", chat_id=GROUP, text="x", message_thread_id=thread) == NOT_FOUND


async def test_even_a_real_topic_may_suddenly_not_be_found(bot, people):
    """In groups past a million messages, sometimes earlier; then it must be made anew.

    Source: levlam in tdlib/telegram-bot-api#596, #693.
    """
    thread = await bot.topic()
    lost = {
        "action": "400",
        "description": "message thread not found",
        "match": {"message_thread_id": thread},
    }
    await people.post("faults", method="sendMessage", **lost, times=2)
    for _ in range(2):
        assert (
            await bot.refused("sendMessage", chat_id=GROUP, text="x", message_thread_id=thread) == NOT_FOUND
        )
    await bot.says(GROUP, message_thread_id=await bot.topic("again"))


async def test_a_deleted_topic_is_not_found_and_its_messages_are_gone(bot, people):
    """Nobody is told when an advocate deletes a topic.

    Source: telegram-bot-api Client.cpp:6818.
    """
    thread = await bot.topic()
    await bot.says(GROUP, "secret", message_thread_id=thread)
    before = len(await bot.updates())
    await people.post("topic", as_=ADA, chat=GROUP, action="delete", thread=thread)
    assert len(await bot.updates()) == before
    assert await bot.refused("sendMessage", chat_id=GROUP, text="x", message_thread_id=thread) == NOT_FOUND
    assert await bot.refused("closeForumTopic", chat_id=GROUP, message_thread_id=thread) == NOT_FOUND
    assert "secret" not in await people.shown(BEN)


async def test_the_bots_own_topic_deeds_come_back_to_it(bot, people):
    """Other sends of the bot bring no update.

    Source: telegram-bot-api Client.cpp:17399-17440.
    """
    thread = await bot.topic("old")
    where = {"chat_id": GROUP, "message_thread_id": thread}
    await bot.ok("editForumTopic", **where, name="new")
    await bot.ok("closeForumTopic", **where)
    await bot.ok("reopenForumTopic", **where)
    sent = await bot.says(GROUP, "no update", message_thread_id=thread)
    await bot.ok("pinChatMessage", chat_id=GROUP, message_id=sent["message_id"])
    came = [update["message"] for update in await bot.updates()]
    assert {message["from"]["id"] for message in came} == {1000001}
    kinds = (
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "pinned_message",
    )
    assert [next(kind for kind in kinds if kind in message) for message in came] == list(kinds)
    assert came[1]["forum_topic_edited"] == {"name": "new"}
    assert came[4]["pinned_message"]["text"] == "no update"


async def test_closing_twice_and_renaming_to_the_same_is_not_modified(bot):
    """Source: tdlib ForumTopicManager.cpp:1252; issue threads, the text comes from a closed server."""
    where = {"chat_id": GROUP, "message_thread_id": await bot.topic("same")}
    await bot.ok("closeForumTopic", **where)
    assert await bot.refused("closeForumTopic", **where) == "400 Bad Request: TOPIC_NOT_MODIFIED"
    assert await bot.refused("editForumTopic", **where, name="same") == "400 Bad Request: TOPIC_NOT_MODIFIED"


async def test_a_closed_topic_refuses_one_without_rights(bot, people):
    """Source: qbittorrent_telegram_notification#12, the text comes from a closed server."""
    told = await people.post("topic", as_=ADA, chat=GROUP, action="create", name="Ada's")
    thread = told["message_thread_id"]
    await people.post("topic", as_=ADA, chat=GROUP, action="close", thread=thread)
    await bot.says(GROUP, message_thread_id=thread)
    await demote_bot(people)
    assert await bot.refused("sendMessage", chat_id=GROUP, text="x", message_thread_id=thread) == (
        "400 Bad Request: TOPIC_CLOSED"
    )


async def test_creating_needs_the_right(bot, people):
    """Source: tdlib ForumTopicManager.cpp:523."""
    await demote_bot(people)
    assert await bot.refused("createForumTopic", chat_id=GROUP, name="x") == (
        "400 Bad Request: not enough rights to create a topic"
    )


async def test_a_group_without_topics_is_no_forum(bot, people):
    """Source: tdlib ForumTopicManager.cpp."""
    group = (await people.post("groups", title="Plain", members=[ADA], bot_rights=["can_manage_topics"]))[
        "id"
    ]
    assert await bot.refused("createForumTopic", chat_id=group, name="x") == (
        "400 Bad Request: the chat is not a forum"
    )


@pytest.mark.parametrize("name", ["", "   ", "x" * 129])
async def test_a_topics_name_has_1_to_128_letters(bot, name):
    """Source: Bot API, createForumTopic.name."""
    assert (await bot.refused("createForumTopic", chat_id=GROUP, name=name)).startswith("400 ")
    await bot.ok("createForumTopic", chat_id=GROUP, name="x" * 128)


async def test_the_bot_deletes_topics_with_the_right_to_delete(bot, people):
    """Source: Bot API, deleteForumTopic."""
    thread = await bot.topic()
    assert await bot.ok("deleteForumTopic", chat_id=GROUP, message_thread_id=thread) is True
    other = await bot.topic()
    await demote_bot(people)
    assert "not enough rights" in await bot.refused(
        "deleteForumTopic", chat_id=GROUP, message_thread_id=other
    )


async def test_advocates_topic_deeds_reach_the_bot(bot, people):
    """Source: Bot API, Message.forum_topic_created, _edited, _closed, _reopened."""
    thread = (await people.post("topic", as_=ADA, chat=GROUP, action="create", name="one"))[
        "message_thread_id"
    ]
    where = {"as_": ADA, "chat": GROUP, "thread": thread}
    await people.post("topic", **where, action="rename", name="two")
    await people.post("topic", **where, action="close")
    await people.post("topic", **where, action="reopen")
    came = [update["message"] for update in await bot.updates()]
    assert [message["from"]["id"] for message in came] == [ADA] * 4
    assert came[1]["forum_topic_edited"] == {"name": "two"}


async def test_pins_are_taken_off_alone_and_together(bot, people):
    """Source: Bot API, unpinChatMessage, unpinAllForumTopicMessages."""
    thread = await bot.topic()
    numbers = [(await bot.says(GROUP, message_thread_id=thread))["message_id"] for _ in range(3)]
    for number in numbers:
        await bot.ok("pinChatMessage", chat_id=GROUP, message_id=number)
    assert (await bot.ok("getChat", chat_id=GROUP))["pinned_message"]["message_id"] == numbers[-1]
    await bot.ok("unpinChatMessage", chat_id=GROUP)
    assert (await bot.ok("getChat", chat_id=GROUP))["pinned_message"]["message_id"] == numbers[1]
    await bot.ok("unpinAllForumTopicMessages", chat_id=GROUP, message_thread_id=thread)
    assert "pinned_message" not in await bot.ok("getChat", chat_id=GROUP)
    await demote_bot(people)
    assert "not enough rights" in await bot.refused("pinChatMessage", chat_id=GROUP, message_id=numbers[0])
