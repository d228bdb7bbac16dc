"""The whole world on one sheet, for the page and for tests."""

from __future__ import annotations

from bot.standin import files
from bot.standin.control.gathering import describe
from bot.standin.model import Chat, Member, Message
from bot.standin.problems import JSON
from bot.standin.world import World

MOST_ALERTS = 1000


def world_sheet(world: World) -> JSON:
    """Return everything that the page shows."""
    living = [chat for chat in world.chats.values() if chat.migrated_to is None]
    return {
        "version": world.clock.version,
        "clock": world.clock.now(),
        "bot": {"id": world.bot.id, "first_name": world.bot.first_name, "username": world.bot.username},
        "users": [describe(user) for user in world.users.values() if not user.is_bot],
        "groups": [_group(chat) for chat in living if not chat.private],
        "chats": {str(chat.id): _chat(world, chat) for chat in living},
        "queue": {"pending": len(world.queue.pending()), "webhook": bool(world.hook.url)},
        "limits": world.limits.report([chat.id for chat in living]),
        "faults": world.faults.told(),
        "alerts": world.alerts[-MOST_ALERTS:],
        "complaints": len(world.records.complaints),
    }


def _group(chat: Chat) -> JSON:
    return {
        "id": chat.id,
        "title": chat.title,
        "type": chat.type,
        "is_forum": chat.is_forum,
        "members": [_member(member) for member in chat.members.values()],
        "topics": [vars(topic) for topic in chat.topics.values()],
    }


def _member(member: Member) -> JSON:
    return {"id": member.user, "status": member.status, "rights": sorted(member.rights)}


def _chat(world: World, chat: Chat) -> JSON:
    now = world.clock.now()
    return {
        "messages": [message_sheet(message) for message in chat.messages.values()],
        "typing": [
            {"thread": n["thread"], "action": n["action"], "until": n["until"]}
            for n in chat.typing
            if n["until"] > now
        ],
        "pinned": chat.pinned,
    }


def message_sheet(message: Message) -> JSON:
    """Return a message as the page shows it."""
    content = message.content
    origin = message.extras.get("forward_origin")
    return {
        "id": message.id,
        "thread": message.thread if message.topical else None,
        "from": message.sender,
        "sender_chat": (message.extras.get("sender_chat") or {}).get("id"),
        "date": message.date,
        "kind": "service" if message.service else message.kind,
        "text": message.words,
        "entities": content.get("entities") or content.get("caption_entities") or [],
        "reply_to": message.reply_to,
        "edited": message.edited_at is not None,
        "deleted": message.deleted_at is not None,
        "buttons": message.buttons,
        "location": content.get("location"),
        "file": _file(message),
        "forward_from": origin["sender_user"]["id"] if origin else None,
        "reactions": [
            {"emoji": one["emoji"], "user": user}
            for user, all_of in message.reactions.items()
            for one in all_of
        ],
        "service": content if message.service else None,
        "delivered": message.delivered,
        "confirmed": message.confirmed,
    }


def _file(message: Message) -> JSON | None:
    if message.kind not in files.FILE_KINDS:
        return None
    body = message.content[message.kind]
    body = body[-1] if isinstance(body, list) else body
    return {"kind": message.kind, "name": body.get("file_name"), "file_id": body["file_id"]}
