"""What a message holds: text, a start, a place, a file by its kind, or a topic's own event."""

from __future__ import annotations

from telegram import Message

from bot.errors import UnreadableUpdate
from bot.gateway.sender import whole
from bot.messages import Content, Ignored, SentFile, SharedPlace, Started, TopicEvent, Wrote

# `animation` stands before `document`: Telegram fills both for a GIF.
FILES = (
    "animation", "audio", "document", "live_photo", "paid_media", "photo", "sticker", "story", "video",
    "video_note", "voice", "contact", "dice", "game", "poll", "checklist", "invoice", "giveaway",
    "giveaway_winners", "gift", "unique_gift",
)  # fmt: skip

SERVICE = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "supergroup_chat_created", "channel_chat_created",
    "message_auto_delete_timer_changed", "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message",
    "successful_payment", "refunded_payment", "users_shared", "chat_shared", "connected_website",
    "write_access_allowed", "passport_data", "proximity_alert_triggered", "boost_added",
    "chat_background_set", "checklist_tasks_done", "checklist_tasks_added",
    "direct_message_price_changed", "forum_topic_created", "forum_topic_edited", "forum_topic_closed",
    "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden",
    "giveaway_created", "giveaway_completed", "paid_message_price_changed", "video_chat_scheduled",
    "video_chat_started", "video_chat_ended", "video_chat_participants_invited", "web_app_data",
    "suggested_post_approved", "suggested_post_approval_failed", "suggested_post_declined",
    "suggested_post_paid", "suggested_post_refunded", "chat_owner_left", "chat_owner_changed",
    "managed_bot_created", "poll_option_added", "poll_option_deleted", "gift_upgrade_sent",
)  # fmt: skip

START = "/start"


def content_of(message: Message, *, bot_id: int, edited: bool) -> Content | Ignored:
    """Return what a message holds; only its text can be edited into something that concerns us."""
    if message.text is not None:
        return _text(message, bot_id=bot_id, edited=edited)
    topic = _topic_event(message, bot_id)
    if topic is not None:
        return topic
    if any(_holds(message, name) for name in SERVICE):
        return Ignored("service message")
    if edited:
        # A live location moves every few seconds; only its first place is an answer to us.
        return Ignored("edited without text")
    if message.location is not None:
        return _place(message)
    kind = next((name for name in FILES if _holds(message, name)), None)
    if kind is not None:
        return SentFile(kind, whole(message.message_id), clean(message.caption or ""))
    # Telegram grows new kinds: whoever sent one still gets an answer.
    return SentFile("unknown", whole(message.message_id)) if message.api_kwargs else Ignored("empty message")


def clean(untrusted_text: object) -> str:
    """Return text that can be encoded: lone surrogates become U+FFFD."""
    if not isinstance(untrusted_text, str):
        raise UnreadableUpdate("An update has a field of the wrong type.")
    return untrusted_text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _text(message: Message, *, bot_id: int, edited: bool) -> Wrote | Started:
    text = clean(message.text)
    number = whole(message.message_id)
    command, _, payload = text.partition(" ")
    if message.chat.type == "private" and not edited and command.partition("@")[0] == START:
        return Started(payload.strip(), number)
    reply = message.reply_to_message
    # In a topic every message "replies" to the one that made the topic unless it truly answers another.
    if reply is None or reply.forum_topic_created is not None:
        return Wrote(text, number, edited=edited)
    to_bot = reply.from_user is not None and reply.from_user.id == bot_id
    return Wrote(text, number, whole(reply.message_id), to_bot, edited)


def _topic_event(message: Message, bot_id: int) -> TopicEvent | None:
    thread = message.message_thread_id
    if thread is None:
        return None
    by_bot = message.from_user is not None and message.from_user.id == bot_id
    if message.forum_topic_created is not None:
        name = clean(message.forum_topic_created.name)
        return TopicEvent("created", whole(thread), name, by_bot)
    if message.forum_topic_closed is not None:
        return TopicEvent("closed", whole(thread), by_bot=by_bot)
    if message.forum_topic_reopened is not None:
        return TopicEvent("reopened", whole(thread), by_bot=by_bot)
    return None


WIDEST_ACCURACY_M = 1500
"""Source: Bot API, Location.horizontal_accuracy: 0 to 1500 metres."""


def _place(message: Message) -> SharedPlace:
    place = message.location
    numbers = (place.latitude, place.longitude) if place is not None else ()
    if len(numbers) != 2 or not all(isinstance(n, int | float) for n in numbers):
        raise UnreadableUpdate("An update has a field of the wrong type.")
    latitude, longitude = numbers
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise UnreadableUpdate("An update has a place off the map.")
    accuracy = getattr(place, "horizontal_accuracy", None)
    reach = (
        float(accuracy) if isinstance(accuracy, int | float) and 0 <= accuracy <= WIDEST_ACCURACY_M else 0.0
    )
    return SharedPlace(float(latitude), float(longitude), whole(message.message_id), reach)


def _holds(message: Message, name: str) -> bool:
    # The library fills lists that were absent with an empty tuple, and flags with None or False.
    return bool(getattr(message, name, None)) or name in message.api_kwargs
