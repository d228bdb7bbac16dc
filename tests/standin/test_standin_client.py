"""The real python-telegram-bot works against the stand-in: in process and over a real port."""

import asyncio

import httpx
import pytest
import telegram
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.standin import STANDIN_TOKEN
from bot.standin.inprocess import InProcess

GROUP, VIET, ADA = -1001000000001, 3001, 2001


@pytest.fixture
async def near(app, people):
    """A client without a port."""
    await people.starts(VIET)
    kwargs = {"transport": InProcess(app)}
    async with telegram.Bot(
        STANDIN_TOKEN, base_url="http://standin/bot", base_file_url="http://standin/file/bot",
        request=HTTPXRequest(httpx_kwargs=kwargs), get_updates_request=HTTPXRequest(httpx_kwargs=kwargs),
    ) as made:  # fmt: skip
        yield made


@pytest.fixture
async def far(address, far_people):
    """A client over a real port."""
    await far_people.starts(VIET)
    request = HTTPXRequest(read_timeout=1)
    async with telegram.Bot(
        STANDIN_TOKEN, base_url=f"{address}/bot", base_file_url=f"{address}/file/bot", request=request
    ) as made:
        yield made


async def test_it_sends_copies_edits_and_deletes(near, people):
    """Source: python-telegram-bot 22.8."""
    keys = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="y")]])
    bold = [telegram.MessageEntity("bold", 0, 5)]
    sent = await near.send_message(VIET, "hello", entities=bold, reply_markup=keys)
    assert sent.reply_markup == keys
    assert tuple(sent.entities) == tuple(bold)
    copied = await near.copy_message(GROUP, VIET, sent.message_id)
    assert isinstance(copied, telegram.MessageId)
    edited = await near.edit_message_text("bye", VIET, sent.message_id)
    assert edited.text == "bye"
    assert edited.reply_markup is None
    assert await near.delete_messages(VIET, [sent.message_id])
    assert await people.shown(VIET) == []
    assert await people.get("complaints") == []


async def test_it_works_in_topics(near, people):
    """Source: python-telegram-bot 22.8."""
    topic = await near.create_forum_topic(GROUP, "HB-1", icon_color=7322096)
    sent = await near.send_message(GROUP, "case", message_thread_id=topic.message_thread_id)
    assert sent.is_topic_message
    assert sent.message_thread_id == topic.message_thread_id
    assert await near.pin_chat_message(GROUP, sent.message_id)
    assert await near.close_forum_topic(GROUP, topic.message_thread_id)
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await near.close_forum_topic(GROUP, topic.message_thread_id)
    assert await people.get("complaints") == []


async def test_it_downloads_and_uploads(near, people):
    """Source: python-telegram-bot 22.8, File."""
    sent = await near.send_voice(VIET, voice=b"sound", duration=2, caption="listen")
    file = await near.get_file(sent.voice.file_id)
    assert bytes(await file.download_as_bytearray()) == b"sound"
    again = await near.send_voice(VIET, voice=sent.voice.file_id)
    assert again.voice.file_unique_id == sent.voice.file_unique_id
    assert await people.get("complaints") == []


async def test_it_gets_updates_and_answers_presses(near, people):
    """Source: python-telegram-bot 22.8."""
    sent = await near.send_message(VIET, "?")
    await people.post("press", as_=VIET, chat=VIET, message=sent.message_id, data="y")
    updates = await near.get_updates(timeout=5, allowed_updates=["message", "callback_query"])
    assert [update.effective_user.id for update in updates] == [VIET, VIET]
    assert await near.answer_callback_query(updates[1].callback_query.id, text="ok")
    assert await near.get_updates(offset=updates[1].update_id + 1, timeout=0, limit=1) == ()


@pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")
async def test_it_polls_raw_and_waits(near, people, polling):
    """The road that the inbox takes: undecoded updates on the same connection."""
    last = (await near.get_updates())[-1].update_id
    ask = {"timeout": 50, "offset": last + 1}
    poll = asyncio.create_task(near.do_api_request("getUpdates", ask, read_timeout=60))
    await polling()
    await people.writes(VIET, "late")
    assert (await poll)[-1]["message"]["text"] == "late"


async def test_it_sets_and_reads_webhooks(near):
    """Source: python-telegram-bot 22.8."""
    assert await near.set_webhook("http://127.0.0.1:9/x", secret_token="s", max_connections=5)
    info = await near.get_webhook_info()
    assert (info.url, info.max_connections) == ("http://127.0.0.1:9/x", 5)
    with pytest.raises(Conflict):
        await near.get_updates()
    assert await near.delete_webhook()


async def test_it_reads_groups_and_introduces_itself(near, people):
    """Source: python-telegram-bot 22.8."""
    assert (await near.get_chat(GROUP)).is_forum
    member = await near.get_chat_member(GROUP, near.id)
    assert member.can_manage_topics
    assert member.can_delete_messages
    assert {one.user.id for one in await near.get_chat_administrators(GROUP)} == {ADA, near.id}
    assert await near.set_my_commands([telegram.BotCommand("start", "Begin")], language_code="vi")
    assert await near.set_message_reaction(VIET, 1, "👀")
    assert await near.set_chat_menu_button(VIET, telegram.MenuButtonCommands())
    assert await people.get("complaints") == []


async def test_its_errors_are_those_it_knows(near, people):
    """Source: python-telegram-bot 22.8, telegram.error."""
    with pytest.raises(BadRequest, match="Chat not found"):
        await near.send_message(99, "x")
    await people.post("faults", method="sendMessage", action="429", retry_after=3)
    with pytest.raises(RetryAfter):
        await near.send_message(VIET, "x")
    await people.post("block", as_=VIET, blocked=True)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await near.send_message(VIET, "x")
    new = (await people.post("migrate", chat=GROUP))["new_chat"]
    with pytest.raises(ChatMigrated) as moved:
        await near.send_message(GROUP, "x")
    assert moved.value.new_chat_id == new
    await people.post("token", revoked=True)
    with pytest.raises(InvalidToken):
        await near.get_me()


async def test_over_a_port_a_cut_is_a_network_error_and_a_lost_reply_times_out(far, far_people):
    """Both may or may not have been carried out.

    Source: python-telegram-bot 22.8, HTTPXRequest; measured.
    """
    cuts = dict.fromkeys(("reset_before", "reset_after", "half_body", "502"), NetworkError)
    for action, error in (cuts | {"lost_reply": TimedOut}).items():
        await far_people.post("faults", method="sendMessage", action=action)
        with pytest.raises(error):
            await far.send_message(VIET, action)
    assert await far_people.shown(VIET) == ["reset_after", "half_body", "lost_reply"]
    assert (await far.send_message(VIET, "fine")).text == "fine"


async def test_over_a_port_nobody_listens_is_a_network_error(address):
    """Source: python-telegram-bot 22.8."""
    lonely = telegram.Bot(STANDIN_TOKEN, base_url="http://127.0.0.1:1/bot")
    with pytest.raises(NetworkError):
        await lonely.initialize()
    await lonely.shutdown()
    assert httpx.URL(address).host == "127.0.0.1"
