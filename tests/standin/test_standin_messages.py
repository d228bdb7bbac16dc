"""Texts, buttons and presses: what Telegram lets through, and how it refuses."""

import pytest

VIET = 3001
YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


@pytest.fixture(autouse=True)
async def started(people):
    await people.starts(VIET)


async def test_a_text_has_1_to_4096_code_points_after_parsing(bot):
    """Code points, not UTF-16 units; entity offsets are UTF-16 units.

    Source: tdlib MessageContent.cpp:4757; telegram-bot-api Client.cpp:11308, 11400.
    """
    await bot.says(VIET, "😀" * 4096)
    await bot.says(VIET, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    told = await bot.says(VIET, "😀 #tag")
    assert told["entities"] == [{"type": "hashtag", "offset": 3, "length": 4}]
    for text, words in (
        ("x" * 4097, "message is too long"),
        ("", "message text is empty"),
        (" \n ", "text must be non-empty"),
        ("x" * 33_000, "text is too long"),
    ):
        assert await bot.refused("sendMessage", chat_id=VIET, text=text) == f"400 Bad Request: {words}"


async def test_a_caption_has_at_most_1024_code_points(client, bot):
    """Source: Bot API, sendPhoto.caption."""
    url = f"/bot{bot.token}/sendPhoto"
    files = {"photo": ("a.jpg", b"x")}
    fits = await client.post(url, data={"chat_id": VIET, "caption": "é" * 1024}, files=files)
    over = await client.post(url, data={"chat_id": VIET, "caption": "é" * 1025}, files=files)
    assert fits.json()["ok"]
    assert over.json()["description"] == "Bad Request: message caption is too long"


async def test_text_is_trimmed_and_given_entities_move_along(bot):
    """Source: tdlib MessageEntity.cpp, fix_formatted_text."""
    bold = [{"type": "bold", "offset": 2, "length": 2}]
    told = await bot.says(VIET, "  hi there  ", entities=bold)
    assert told["text"] == "hi there"
    assert told["entities"] == [{"type": "bold", "offset": 0, "length": 2}]


@pytest.mark.parametrize("data", ["", "x" * 65, "é" * 33])
async def test_a_buttons_data_has_1_to_64_bytes(bot, data):
    """Source: Bot API, InlineKeyboardButton; tdlib ReplyMarkup.cpp:570 (text from practice)."""
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
    assert await bot.refused("sendMessage", chat_id=VIET, text="?", reply_markup=markup) == (
        "400 Bad Request: BUTTON_DATA_INVALID"
    )
    fits = {"inline_keyboard": [[{"text": "x", "callback_data": "é" * 32}]]}
    await bot.says(VIET, "?", reply_markup=fits)


@pytest.mark.parametrize(
    "button", [{"text": " ", "callback_data": "x"}, {"text": "x"}, {"callback_data": "x"}]
)
async def test_a_button_has_a_text_and_one_deed(bot, button):
    """Source: Bot API, InlineKeyboardButton."""
    markup = {"inline_keyboard": [[button]]}
    assert (await bot.refused("sendMessage", chat_id=VIET, text="?", reply_markup=markup)).startswith("400 ")


async def test_a_press_is_answered_once_and_in_time(bot, people):
    """Source: telegram-bot-api Client.cpp:146; Bot API, answerCallbackQuery (text at most 200)."""
    old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    sent = await bot.says(VIET, "?", reply_markup=YES)
    press = {"as_": VIET, "chat": VIET, "message": sent["message_id"], "data": "yes"}
    query = (await people.post("press", **press))["query"]
    came = (await bot.updates())[-1]["callback_query"]
    assert (came["id"], came["data"], came["message"]["text"]) == (query, "yes", "?")
    assert (await bot.refused("answerCallbackQuery", callback_query_id=query, text="x" * 201)).startswith(
        "400 "
    )
    assert await bot.ok("answerCallbackQuery", callback_query_id=query, text="Thank you", show_alert=True)
    assert await bot.refused("answerCallbackQuery", callback_query_id=query) == old
    assert await bot.refused("answerCallbackQuery", callback_query_id="7") == old
    late = (await people.post("press", **press))["query"]
    await people.advance(3600)
    assert await bot.refused("answerCallbackQuery", callback_query_id=late) == old
    alert = (await people.get("world"))["alerts"][-1]
    assert (alert["user"], alert["text"], alert["alert"]) == (VIET, "Thank you", True)


async def test_a_press_may_carry_any_data_for_a_message_that_is_gone(bot, people):
    """A forged client names what it likes; the message is then inaccessible, its date 0.

    Source: Bot API, InaccessibleMessage.
    """
    await people.post("press", as_=VIET, chat=VIET, message=4711, data="forged")
    came = (await bot.updates())[-1]["callback_query"]
    assert came["data"] == "forged"
    assert came["message"] == {"chat": came["message"]["chat"], "message_id": 4711, "date": 0}


async def test_two_equal_sends_make_two_messages(bot, people):
    """There is no idempotency and no key of the client's.

    Source: Bot API, sendMessage.
    """
    first, second = await bot.says(VIET, "same"), await bot.says(VIET, "same")
    assert first["message_id"] != second["message_id"]
    assert await people.shown(VIET) == ["same", "same"]


async def test_typing_is_shown_for_five_seconds(bot, people):
    """Source: Bot API, sendChatAction."""

    async def typing():
        return (await people.get("world"))["chats"][str(VIET)]["typing"]

    await bot.ok("sendChatAction", chat_id=VIET, action="typing")
    assert len(await typing()) == 1
    await people.advance(5)
    assert await typing() == []
    assert (await bot.refused("sendChatAction", chat_id=VIET, action="dancing")).startswith("400 ")


async def test_commands_and_deep_links_are_plain_messages(bot, people):
    """Source: core.telegram.org/bots/features#deep-linking."""
    await people.writes(VIET, "/start invite_abc-123")
    told = (await bot.updates())[-1]["message"]
    assert told["text"] == "/start invite_abc-123"
    assert told["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_the_bot_introduces_itself(bot, people):
    """Source: Bot API, setMyCommands, setMyName, setMyDescription, setChatMenuButton."""
    commands = [{"command": "start", "description": "Begin"}]
    assert await bot.ok("setMyCommands", commands=commands, language_code="vi")
    assert await bot.ok("deleteMyCommands", language_code="vi")
    assert "INVALID" in await bot.refused("setMyCommands", commands=[{"command": "Não", "description": "x"}])
    assert await bot.ok("setMyName", name="Safe Harbour")
    assert await bot.ok("setMyDescription", description="x" * 512)
    assert (await bot.refused("setMyDescription", description="x" * 513)).startswith("400 ")
    assert await bot.ok("setMyShortDescription", short_description="x")
    assert await bot.ok("setChatMenuButton", chat_id=VIET, menu_button={"type": "commands"})
    assert (await bot.ok("getMe"))["first_name"] == "Safe Harbour"
