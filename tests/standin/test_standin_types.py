"""Every answer and every kind of update, against Telegram's manual and python-telegram-bot's reading.

The manual's table finds wrong types and missing fields; `de_json` with nothing left over finds misspelt keys.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import telegram

GROUP, VIET, ARAB, ADA, BEN, BOT = -1001000000001, 3001, 3002, 2001, 2002, 1000001
TABLE = json.loads((Path(__file__).parent / "bot_api_types.json").read_text())
TYPES, METHODS = TABLE["types"], TABLE["methods"]
PLAIN = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
}
SERVICES_AND_KINDS = """
    forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened new_chat_members location
    left_chat_member migrate_to_chat_id migrate_from_chat_id pinned_message voice photo video audio document
    video_note sticker contact reply_to_message forward_origin via_bot sender_chat
"""
KINDS = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction"]
PACKED = base64.b64encode(b"x").decode()


def misfit(value: Any, kind: str, where: str) -> str | None:
    """Return why a value is not of a type, or None when it is."""
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return f"{where}: no list"
        inner = kind.removeprefix("Array of ")
        faults = (misfit(one, inner, f"{where}[{at}]") for at, one in enumerate(value))
        return next((fault for fault in faults if fault), None)
    if kind in PLAIN:
        return None if PLAIN[kind](value) else f"{where}: no {kind}"
    if kind not in TYPES:
        return f"{where}: the table has no {kind}"
    if "subtypes" in TYPES[kind]:
        return any_of(value, TYPES[kind]["subtypes"], where)
    if not isinstance(value, dict):
        return f"{where}: no object"
    return fields_misfit(value, TYPES[kind]["fields"], where)


def fields_misfit(value: dict, fields: dict, where: str) -> str | None:
    for name, (required, *_) in fields.items():
        if required and name not in value:
            return f"{where}: {name} is missing"
    for name, one in value.items():
        if name not in fields:
            return f"{where}: {name} is not in the manual"
        if fault := any_of(one, fields[name][1:], f"{where}.{name}"):
            return fault
    return None


def any_of(value: Any, kinds: list[str], where: str) -> str | None:
    faults = [misfit(value, kind, where) for kind in kinds]
    return None if None in faults else "; ".join(fault for fault in faults if fault)


def left_over(thing: Any, where: str = "") -> list[str]:
    """Return what python-telegram-bot could not place, at any depth."""
    if isinstance(thing, list | tuple):
        return [words for at, one in enumerate(thing) for words in left_over(one, f"{where}[{at}]")]
    if not isinstance(thing, telegram.TelegramObject):
        return []
    found = [f"{where}: {dict(thing.api_kwargs)}"] if thing.api_kwargs else []
    slots = {slot for kind in type(thing).__mro__ for slot in getattr(kind, "__slots__", ())}
    for slot in sorted(slots - {"_bot", "api_kwargs", "_id_attrs"}):
        found += left_over(getattr(thing, slot, None), f"{where}.{slot}")
    return found


def check(value: Any, kinds: list[str], where: str) -> None:
    assert any_of(value, kinds, where) is None
    kind = kinds[0].removeprefix("Array of ")
    if kind in TYPES:
        for one in value if isinstance(value, list) else [value]:
            assert left_over(getattr(telegram, kind).de_json(one, None), where) == []


@pytest.fixture
async def lived(client, bot, people):
    """A world in which everything has happened once; returns every answer by method."""
    answers: dict[str, Any] = {}

    async def call(method: str, **told: Any) -> Any:
        answers[method] = await bot.ok(method, **told)
        return answers[method]

    await call("getUpdates", allowed_updates=KINDS, timeout=0)
    await people_do_everything(people)
    await bot_sends_everything(client, bot, people, call)
    await bot_changes_everything(bot, people, call)
    answers["getUpdates"] = await gathered(bot)
    await bot_goes(people, call)
    return answers


async def gathered(bot):
    """Return all updates that came, and confirm them."""
    updates = []
    while batch := await bot.updates(offset=updates[-1]["update_id"] + 1 if updates else 1):
        updates += batch
    return updates


async def people_do_everything(people):
    await people.starts(VIET, ARAB)
    for kind in ("voice", "photo", "video", "audio", "document", "video_note", "sticker", "contact"):
        file = {"kind": kind, "name": "a.bin", "base64": PACKED, "caption": "see https://a.org"}
        await people.post("send", as_=VIET, file=file)
    place = await people.post("send", as_=VIET, location={"latitude": 1, "longitude": 2.5, "live_period": 60})
    moved = {"latitude": 3, "longitude": 4}
    await people.post("edit", as_=VIET, chat=VIET, message=place["message"], location=moved)
    first = await people.writes(VIET, "/start #x")
    await people.writes(VIET, "answer", reply_to=first["message"], forward_from=ARAB)
    await people.post("edit", as_=VIET, chat=VIET, message=first["message"], text="@someone a@b.org")
    await people.post("react", as_=VIET, chat=VIET, message=first["message"], emoji="❤️")
    await people.post("press", as_=VIET, chat=VIET, message=first["message"], data="x")
    await people.post("press", as_=VIET, chat=VIET, message=4711, data="x")
    await people.post("block", as_=ARAB, blocked=True)
    await people.post("block", as_=ARAB, blocked=False)
    for guise in ({"sender_chat": "self"}, {"sender_chat": "channel"}, {"via_bot": True}):
        await people.writes(ADA, "disguised", chat=GROUP, **guise)
    thread = (await people.post("topic", as_=ADA, chat=GROUP, action="create", name="a"))["message_thread_id"]
    await people.post("topic", as_=ADA, chat=GROUP, action="rename", thread=thread, name="b")
    await people.post("topic", as_=ADA, chat=GROUP, action="close", thread=thread)
    await people.post("topic", as_=ADA, chat=GROUP, action="reopen", thread=thread)
    await people.writes(ADA, "in it", chat=GROUP, thread=thread)
    for action in ("join", "promote", "demote", "kick"):
        await people.post("member", chat=GROUP, user=VIET, action=action)
    other = (await people.post("groups", title="Old", type="group", members=[ADA], bot_rights=[]))["id"]
    await people.post("migrate", chat=other)


async def bot_sends_everything(client, bot, people, call):
    keys = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
    bold = [{"type": "bold", "offset": 0, "length": 1}]
    plain = {"link_preview_options": {"is_disabled": True}}
    sent = await call("sendMessage", chat_id=VIET, text="b", entities=bold, reply_markup=keys, **plain)
    for kind in ("Photo", "Voice", "Audio", "Video", "VideoNote", "Document", "Sticker"):
        field = "video_note" if kind == "VideoNote" else kind.lower()
        url, files = f"/bot{bot.token}/send{kind}", {field: ("a.b", b"x")}
        answer = await client.post(url, data={"chat_id": VIET}, files=files)
        check(answer.json()["result"], ["Message"], f"send{kind}")
        again = answer.json()["result"][field]
        number = (again[-1] if isinstance(again, list) else again)["file_id"]
        await call(f"send{kind}", chat_id=VIET, **{field: number})
    await call("getFile", file_id=number)
    await call("sendLocation", chat_id=VIET, latitude=1, longitude=2)
    await call("sendContact", chat_id=VIET, phone_number="1", first_name="x")
    await call("sendChatAction", chat_id=VIET, action="typing")
    source = {"chat_id": GROUP, "from_chat_id": VIET}
    await call("copyMessage", **source, message_id=sent["message_id"])
    await call("copyMessages", **source, message_ids=[sent["message_id"]])
    await call("forwardMessage", **source, message_id=sent["message_id"])
    query = (await people.post("press", as_=VIET, chat=VIET, message=sent["message_id"], data="y"))["query"]
    await call("answerCallbackQuery", callback_query_id=query)
    await call("setMessageReaction", chat_id=VIET, message_id=sent["message_id"])


async def bot_changes_everything(bot, people, call):
    sent = await bot.says(VIET, "a")
    where = {"chat_id": VIET, "message_id": sent["message_id"]}
    await call("editMessageText", **where, text="b")
    link = {"inline_keyboard": [[{"text": "x", "url": "https://a.org"}]]}
    await call("editMessageReplyMarkup", **where, reply_markup=link)
    photo = (await people.get("requests?method=sendPhoto"))[-1]["answer"]["result"]["message_id"]
    await call("editMessageCaption", chat_id=VIET, message_id=photo, caption="c")
    await call("deleteMessage", **where)
    await call("deleteMessages", chat_id=VIET, message_ids=[photo])
    thread = (await call("createForumTopic", chat_id=GROUP, name="x"))["message_thread_id"]
    topic = {"chat_id": GROUP, "message_thread_id": thread}
    await call("editForumTopic", **topic, name="y")
    await call("closeForumTopic", **topic)
    await call("reopenForumTopic", **topic)
    inside = await bot.says(GROUP, "pin me", message_thread_id=thread)
    await call("pinChatMessage", chat_id=GROUP, message_id=inside["message_id"])
    await call("getChat", chat_id=GROUP)
    await call("unpinChatMessage", chat_id=GROUP, message_id=inside["message_id"])
    await call("unpinAllForumTopicMessages", **topic)
    await call("deleteForumTopic", **topic)
    for user in (ADA, BEN, VIET, ARAB, BOT):
        check(await call("getChatMember", chat_id=GROUP, user_id=user), ["ChatMember"], "getChatMember")
    await call("getChatAdministrators", chat_id=GROUP)
    await call("getChatMemberCount", chat_id=GROUP)
    await call("getMe")
    await call("setMyCommands", commands=[])
    await call("deleteMyCommands")
    await call("setMyName", name="H", language_code="vi")
    await call("setMyDescription", description="d")
    await call("setMyShortDescription", short_description="d")
    await call("setChatMenuButton")


async def bot_goes(people, call):
    await call("setWebhook", url="http://127.0.0.1:1/x", max_connections=3, allowed_updates=KINDS)
    await call("getWebhookInfo")
    await call("deleteWebhook")
    await people.advance(700)
    await call("leaveChat", chat_id=GROUP)
    await call("close")
    await call("logOut")


async def test_every_answer_and_update_is_as_in_the_manual_and_reads_without_rest(lived):
    """Source: Bot API 10.1 (types); python-telegram-bot 22.8 (reading)."""
    assert sorted(lived) == sorted(METHODS)
    for method, answer in lived.items():
        check(answer, METHODS[method]["returns"], method)
    updates = lived["getUpdates"]
    assert {list(update)[1] for update in updates} == set(KINDS)
    seen = {key for update in updates for key in update.get("message", {})}
    assert set(SERVICES_AND_KINDS.split()) <= seen


async def test_refusals_have_the_manuals_parameters(bot, people):
    """Source: Bot API, ResponseParameters."""
    await people.post("migrate", chat=GROUP)
    told = (await bot.raw("sendMessage", chat_id=GROUP, text="x")).json()
    assert misfit(told["parameters"], "ResponseParameters", "parameters") is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"id": "1", "is_bot": False, "first_name": "x"}, "User"),
        ({"id": 1, "is_bot": False}, "User"),
        ({"id": 1, "is_bot": False, "first_name": "x", "frist_name": "y"}, "User"),
        ([{"id": 1}], "Array of User"),
        ({"status": "member"}, "ChatMember"),
    ],
)
def test_the_check_itself_finds_wrong_missing_and_misspelt(value, kind):
    """A check that passes everything would prove nothing."""
    assert misfit(value, kind, "x")


def test_the_reading_check_finds_what_is_left_over():
    told = {"id": 1, "is_bot": False, "first_name": "x", "frist_name": "y"}
    chat = {"id": 1, "type": "private"}
    message = telegram.Message.de_json({"message_id": 1, "date": 1, "chat": chat, "from": told}, None)
    assert left_over([message])
