"""Sends: text, places, contacts, files, and the typing sign."""

from __future__ import annotations

from bot.standin import files, render
from bot.standin.methods import content
from bot.standin.methods.access import find_topic, open_chat
from bot.standin.methods.table import method
from bot.standin.model import Chat, Message, StoredFile, Topic
from bot.standin.problems import JSON, bad_request
from bot.standin.wire import Args
from bot.standin.world import World

COMMON = (
    "business_connection_id chat_id message_thread_id direct_messages_topic_id disable_notification "
    "protect_content allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters "
    "reply_markup "
)
CAPTION = "caption parse_mode caption_entities "
CHAT_ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
TYPING_SECONDS = 5


def place(world: World, chat: Chat, topic: Topic | None, kind: str, made: JSON, args: Args) -> Message:
    """Put the bot's own message into a chat; it brings no update.

    Source: telegram-bot-api `Client.cpp`:17399.
    """
    extras: JSON = {"has_protected_content": True} if args.boolean("protect_content") else {}
    chat.typing = [note for note in chat.typing if note["thread"] != (topic.thread if topic else None)]
    return world.write(
        chat, world.bot.id, kind, made,
        thread=topic.thread if topic else None, topical=topic is not None,
        reply_to=content.answered(world, args, chat, topic), buttons=content.buttons(args), extras=extras,
    )  # fmt: skip


def _send(world: World, args: Args, kind: str, made: JSON, chat: Chat, topic: Topic | None) -> JSON:
    return render.message(world, place(world, chat, topic, kind, made, args))


@method("sendMessage", COMMON + "text parse_mode entities link_preview_options", paced=True)
def send_message(world: World, args: Args) -> JSON:
    """Send text."""
    chat = open_chat(world, args)
    made = content.text_content(args)
    return _send(world, args, "text", made, chat, find_topic(world, chat, args))


@method("sendLocation", COMMON + "latitude longitude horizontal_accuracy live_period heading "
        "proximity_alert_radius", paced=True)  # fmt: skip
def send_location(world: World, args: Args) -> JSON:
    """Send a place."""
    chat = open_chat(world, args)
    where: JSON = {"latitude": args.number("latitude"), "longitude": args.number("longitude")}
    if abs(where["latitude"]) > 90 or abs(where["longitude"]) > 180:
        raise bad_request("wrong latitude or longitude specified")
    if args.has("horizontal_accuracy"):
        where["horizontal_accuracy"] = args.number("horizontal_accuracy")
    return _send(world, args, "location", {"location": where}, chat, find_topic(world, chat, args))


@method("sendContact", COMMON + "phone_number first_name last_name vcard", paced=True)
def send_contact(world: World, args: Args) -> JSON:
    """Send a telephone contact."""
    chat = open_chat(world, args)
    if not args.has("phone_number") or not args.has("first_name"):
        missing = "first_name" if args.has("phone_number") else "phone_number"
        raise bad_request(f"contact {missing.replace('_', ' ')} must be non-empty")
    given = ("phone_number", "first_name", "last_name", "vcard")
    made: JSON = {"contact": {name: args.text(name) for name in given if args.has(name)}}
    return _send(world, args, "contact", made, chat, find_topic(world, chat, args))


def _send_file(world: World, args: Args, kind: str) -> JSON:
    chat = open_chat(world, args)
    upload = args.upload(kind)
    if upload is not None:
        file = _keep(world, kind, upload.name, upload.data)
    elif not args.has(kind):
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    else:
        file = _known(world, kind, args.text(kind))
    given = ("duration", "width", "height", "length")
    told: JSON = {name: args.integer(name) for name in given if args.has(name)}
    told |= {name: args.text(name) for name in ("performer", "title", "emoji") if args.has(name)}
    made = files.describe(file, told) | content.caption_content(args)
    if args.boolean("has_spoiler"):
        made["has_media_spoiler"] = True
    return _send(world, args, kind, made, chat, find_topic(world, chat, args))


def _keep(world: World, kind: str, name: str, data: bytes) -> StoredFile:
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > files.MOST_UPLOAD:
        raise bad_request("file is too big")
    return world.files.keep(kind, name, data)


def _known(world: World, kind: str, file_id: str) -> StoredFile:
    file = world.files.find(file_id)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind and kind != "document":
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file


def _file_method(name: str, kind: str, parameters: str) -> None:
    def send(world: World, args: Args) -> JSON:
        return _send_file(world, args, kind)

    method(name, f"{COMMON}{kind} {parameters}", paced=True)(send)


_file_method("sendPhoto", "photo", CAPTION + "show_caption_above_media has_spoiler")
_file_method("sendVoice", "voice", CAPTION + "duration")
_file_method("sendAudio", "audio", CAPTION + "duration performer title thumbnail")
_file_method(
    "sendVideo", "video",
    CAPTION + "duration width height thumbnail cover start_timestamp show_caption_above_media has_spoiler "
    "supports_streaming",
)  # fmt: skip
_file_method("sendVideoNote", "video_note", "duration length thumbnail")
_file_method("sendDocument", "document", CAPTION + "thumbnail disable_content_type_detection")
_file_method("sendSticker", "sticker", "emoji")


@method("sendChatAction", "business_connection_id chat_id message_thread_id action")
def send_chat_action(world: World, args: Args) -> bool:
    """Show for five seconds that the bot is at it."""
    chat = open_chat(world, args)
    if args.text("action") not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    topic = find_topic(world, chat, args)
    until = world.clock.now() + TYPING_SECONDS
    note = {"thread": topic.thread if topic else None, "action": args.text("action"), "until": until}
    chat.typing = [one for one in chat.typing if one["until"] > world.clock.now()] + [note]
    world.clock.ring()
    return True
