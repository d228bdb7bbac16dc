"""Edits, copies, replies, reactions, deletions: what Telegram lets through, and how it refuses."""

import pytest

GROUP, VIET, ADA, BOT = -1001000000001, 3001, 2001, 1000001
TWO_DAYS = 48 * 3600
YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


@pytest.fixture(autouse=True)
async def started(people):
    await people.starts(VIET)


async def test_an_edit_must_change_something(bot):
    """Source: telegram-bot-api Client.cpp:108."""
    sent = await bot.says(VIET, "same", reply_markup=YES)
    where = {"chat_id": VIET, "message_id": sent["message_id"]}
    assert await bot.refused("editMessageText", **where, text="same", reply_markup=YES) == (
        "400 Bad Request: message is not modified: specified new message content and reply markup are "
        "exactly the same as a current content and reply markup of the message"
    )
    assert (await bot.ok("editMessageText", **where, text="other"))["edit_date"]


async def test_an_edit_without_markup_takes_the_buttons_away(bot, people):
    """Source: practice; Bot API, editMessageText.reply_markup."""
    sent = await bot.says(VIET, "one", reply_markup=YES)
    told = await bot.ok("editMessageText", chat_id=VIET, message_id=sent["message_id"], text="two")
    assert "reply_markup" not in told
    entry = (await people.get("ledger"))[str(VIET)][-1]
    assert entry["text"] == "one"
    assert [(edit["text"], edit["buttons"]) for edit in entry["edits"]] == [("two", [])]


async def test_only_the_bots_own_messages_can_be_edited(bot, people):
    """Source: telegram-bot-api Client.cpp:13541; tdlib MessagesManager.cpp:23386."""
    theirs = await people.writes(VIET, "mine")
    for number, words in (
        (theirs["message"], "message can't be edited"),
        (4711, "message to edit not found"),
    ):
        refused = await bot.refused("editMessageText", chat_id=VIET, message_id=number, text="x")
        assert refused == f"400 Bad Request: {words}"


async def test_captions_and_buttons_are_edited_too(client, bot):
    """Source: Bot API, editMessageCaption, editMessageReplyMarkup."""
    sent = (
        await client.post(
            f"/bot{bot.token}/sendPhoto", data={"chat_id": VIET}, files={"photo": ("a.jpg", b"x")}
        )
    ).json()["result"]
    where = {"chat_id": VIET, "message_id": sent["message_id"]}
    assert (await bot.ok("editMessageCaption", **where, caption="new"))["caption"] == "new"
    assert (await bot.ok("editMessageReplyMarkup", **where, reply_markup=YES))["reply_markup"] == YES
    text = await bot.says(VIET, "words")
    where = {"chat_id": VIET, "message_id": text["message_id"]}
    assert "no caption" in await bot.refused("editMessageCaption", **where, caption="x")
    assert "not modified" in await bot.refused("editMessageReplyMarkup", **where)


async def test_a_copy_hides_the_sender_and_a_forward_shows_it(bot, people):
    """Source: Bot API, copyMessage, forwardMessage."""
    theirs = await people.writes(VIET, "my words")
    source = {"chat_id": GROUP, "from_chat_id": VIET, "message_id": theirs["message"]}
    copied = await bot.ok("copyMessage", **source)
    forwarded = await bot.ok("forwardMessage", **source)
    assert list(copied) == ["message_id"]
    assert forwarded["forward_origin"]["sender_user"]["id"] == VIET
    shown = (await people.get("world"))["chats"][str(GROUP)]["messages"]
    assert [(one["text"], one["forward_from"]) for one in shown] == [("my words", None), ("my words", VIET)]


async def test_copies_of_missing_and_service_messages_are_refused(bot, people):
    """Source: telegram-bot-api Client.cpp:13252; tdlib MessagesManager.cpp:24344."""
    thread = await bot.topic()
    for number, words in ((4711, "message to copy not found"), (thread, "the message can't be copied")):
        refused = await bot.refused("copyMessage", chat_id=VIET, from_chat_id=GROUP, message_id=number)
        assert refused == f"400 Bad Request: {words}"


async def test_several_copies_skip_what_is_gone(bot, people):
    """Source: Bot API, copyMessages."""
    numbers = [(await people.writes(VIET, text))["message"] for text in ("one", "two")]
    told = await bot.ok("copyMessages", chat_id=GROUP, from_chat_id=VIET, message_ids=[*numbers, 4711])
    assert len(told) == 2
    assert await people.shown(ADA) == ["one", "two"]
    assert (await bot.refused("copyMessages", chat_id=GROUP, from_chat_id=VIET, message_ids=[])).startswith(
        "400 "
    )


async def test_a_reply_to_a_missing_message_is_refused_unless_allowed(bot):
    """Source: Bot API, ReplyParameters; telegram-bot-api Client.cpp."""
    gone = {"message_id": 4711}
    assert await bot.refused("sendMessage", chat_id=VIET, text="x", reply_parameters=gone) == (
        "400 Bad Request: message to be replied not found"
    )
    allowed = await bot.says(VIET, "x", reply_parameters={**gone, "allow_sending_without_reply": True})
    answer = await bot.says(VIET, "y", reply_parameters={"message_id": allowed["message_id"]})
    assert answer["reply_to_message"]["message_id"] == allowed["message_id"]


async def test_reactions_of_the_bot(bot, people):
    """Source: telegram-bot-api Client.cpp:8516, 13493; Bot API, setMessageReaction."""
    theirs = await people.writes(VIET, "thanks")
    where = {"chat_id": VIET, "message_id": theirs["message"]}
    assert await bot.ok("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👀"}])
    assert (await people.get("world"))["chats"][str(VIET)]["messages"][-1]["reactions"] == [
        {"emoji": "👀", "user": BOT}
    ]
    assert "REACTION_INVALID" in await bot.refused(
        "setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "🏡"}]
    )
    assert await bot.refused("setMessageReaction", chat_id=VIET, message_id=4711) == (
        "400 Bad Request: message to react not found"
    )


async def test_a_private_message_can_be_deleted_for_48_hours(bot, people):
    """The person's as well as the bot's.

    Source: Bot API, deleteMessage; tdlib MessagesManager.cpp:8422, 8500-8508.
    """
    theirs = await people.writes(VIET, "mine")
    ours = await bot.says(VIET, "ours")
    assert await bot.ok("deleteMessage", chat_id=VIET, message_id=theirs["message"])
    await people.advance(TWO_DAYS)
    assert await bot.refused("deleteMessage", chat_id=VIET, message_id=ours["message_id"]) == (
        "400 Bad Request: message can't be deleted for everyone"
    )
    assert await bot.refused("deleteMessage", chat_id=VIET, message_id=theirs["message"]) == (
        "400 Bad Request: message to delete not found"
    )


async def test_with_the_right_a_group_message_of_any_age_goes(bot, people):
    """But never the one that opened a topic.

    Source: Bot API, deleteMessage.
    """
    thread = await bot.topic()
    theirs = await people.writes(ADA, "old", chat=GROUP, thread=thread)
    await people.advance(TWO_DAYS * 10)
    assert await bot.ok("deleteMessage", chat_id=GROUP, message_id=theirs["message"])
    assert await bot.refused("deleteMessage", chat_id=GROUP, message_id=thread) == (
        "400 Bad Request: message can't be deleted"
    )
    await people.post("member", chat=GROUP, user=BOT, action="demote")
    other = await people.writes(ADA, "new", chat=GROUP)
    assert "can't be deleted" in await bot.refused(
        "deleteMessage", chat_id=GROUP, message_id=other["message"]
    )


async def test_a_batch_skips_missing_ids_but_one_too_old_keeps_them_all(bot, people):
    """Source: Bot API, deleteMessages; tdlib MessagesManager.cpp:8500-8508."""
    old = (await bot.says(VIET, "old"))["message_id"]
    await people.advance(TWO_DAYS)
    new = (await bot.says(VIET, "new"))["message_id"]
    assert "for everyone" in await bot.refused("deleteMessages", chat_id=VIET, message_ids=[new, old])
    assert await people.shown(VIET) == ["old", "new"]
    assert await bot.ok("deleteMessages", chat_id=VIET, message_ids=[new, 4711])
    assert await people.shown(VIET) == ["old"]
    for wrong in ([], list(range(101))):
        assert (await bot.refused("deleteMessages", chat_id=VIET, message_ids=wrong)).startswith("400 ")


async def test_a_persons_own_deletion_brings_no_update(bot, people):
    """Source: Bot API, Update has no kind for it."""
    theirs = await people.writes(VIET, "never mind")
    before = len(await bot.updates())
    await people.post("delete", as_=VIET, chat=VIET, message=theirs["message"])
    assert len(await bot.updates()) == before


async def test_a_persons_edit_brings_one(bot, people):
    """Text, and a live location that moves.

    Source: Bot API, Update.edited_message.
    """
    theirs = await people.writes(VIET, "helo")
    place = {"latitude": 51.1, "longitude": 1.3, "live_period": 900}
    live = await people.post("send", as_=VIET, location=place)
    await people.post("edit", as_=VIET, chat=VIET, message=theirs["message"], text="hello")
    moved = {"latitude": 51.2, "longitude": 1.3}
    await people.post("edit", as_=VIET, chat=VIET, message=live["message"], location=moved)
    came = [update["edited_message"] for update in await bot.updates() if "edited_message" in update]
    assert (came[0]["text"], came[0]["message_id"]) == ("hello", theirs["message"])
    assert came[1]["location"] == place | moved
