"""One table from what Telegram, the library or the network did to how a call ended, in our words.

The library cuts a prefix off Telegram's texts and changes their letters' case, so texts are compared in
small letters. Nothing of a text is kept: it may hold the bot's token or a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import HarbourError
from bot.messages import ChatId
from bot.outbox.ports import End, Refusal, Result

REFUSALS: tuple[tuple[str, Refusal], ...] = (
    ("bot was blocked by the user", Refusal.BLOCKED),
    ("bot can't initiate conversation", Refusal.BLOCKED),
    ("user_is_blocked", Refusal.BLOCKED),
    ("user is deactivated", Refusal.DELETED),
    ("input_user_deactivated", Refusal.DELETED),
    ("message thread not found", Refusal.TOPIC_GONE),
    ("topic_deleted", Refusal.TOPIC_GONE),
    ("topic_id_invalid", Refusal.TOPIC_GONE),
    ("topic not found", Refusal.TOPIC_GONE),
    ("topic_closed", Refusal.TOPIC_CLOSED),
    ("topic_not_modified", Refusal.NOT_MODIFIED),
    ("message is not modified", Refusal.NOT_MODIFIED),
    ("message_not_modified", Refusal.NOT_MODIFIED),
    ("message to edit not found", Refusal.MESSAGE_GONE),
    ("message can't be edited", Refusal.MESSAGE_GONE),
    ("message to react not found", Refusal.MESSAGE_GONE),
    ("message_id_invalid", Refusal.MESSAGE_GONE),
    ("message not found", Refusal.MESSAGE_GONE),
    ("upgraded to a supergroup", Refusal.MIGRATED),
    ("chat is not a forum", Refusal.NOT_A_FORUM),
    ("channel_forum_missing", Refusal.NOT_A_FORUM),
    ("bot was kicked", Refusal.KICKED),
    ("bot is not a member", Refusal.KICKED),
    ("not enough rights", Refusal.NO_RIGHTS),
    ("have no rights", Refusal.NO_RIGHTS),
    ("need administrator rights", Refusal.NO_RIGHTS),
    ("chat_admin_required", Refusal.NO_RIGHTS),
    ("chat_write_forbidden", Refusal.NO_RIGHTS),
    ("chat_restricted", Refusal.NO_RIGHTS),
    ("chat not found", Refusal.CHAT_NOT_FOUND),
    ("peer_id_invalid", Refusal.CHAT_NOT_FOUND),
    ("chat was deleted", Refusal.CHAT_NOT_FOUND),
    ("group chat was deactivated", Refusal.CHAT_NOT_FOUND),
)
"""What a 400 or 403 says, in small letters, and what that is to us; the first that fits counts."""

NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""What fails before a request is on its way."""

_SECONDS = re.compile(r"retry after (\d{1,6})")
_DEFAULT_WAIT_SECONDS = 5.0


class CallFailed(HarbourError):
    """A call other than a send did not work; ``result`` says how it ended.

    ``conflict``: another copy polls with this token, or a webhook is set.
    """

    def __init__(self, method: str, result: Result, *, conflict: bool = False) -> None:
        why = result.refusal.value if result.refusal else result.end.value
        super().__init__(f"Telegram: {method} failed ({why}).", remedy=_REMEDIES.get(result.refusal, ""))
        self.result = result
        self.conflict = conflict


def result_of(error: BaseException) -> Result:
    """Return how a call ended that raised ``error``; what is unknown is uncertain."""
    if isinstance(error, RetryAfter):
        return Result(End.NOT_SENT, retry_after=_seconds(error))
    if isinstance(error, ChatMigrated):
        return Result(End.REFUSED, refusal=Refusal.MIGRATED, moved_to=ChatId(error.new_chat_id))
    if isinstance(error, InvalidToken | EndPointNotFound):
        return Result(End.NOT_SENT, refusal=Refusal.UNAUTHORIZED)
    if isinstance(error, Conflict):
        return Result(End.NOT_SENT)
    if isinstance(error, Forbidden | BadRequest):
        return _refused(error)
    if isinstance(error, NetworkError) and _too_many(error) is not None:
        return Result(End.NOT_SENT, retry_after=_too_many(error))
    if any(isinstance(cause, NEVER_LEFT) for cause in _causes(error)):
        return Result(End.NOT_SENT)
    if any(isinstance(cause, UnicodeError) for cause in _causes(error)):
        return Result(End.REFUSED, refusal=Refusal.BAD_REQUEST)
    # Time-outs, resets, 5xx and answers that are no JSON: the request may have been carried out.
    return Result(End.UNCERTAIN)


def _refused(error: TelegramError) -> Result:
    said = error.message.lower()
    fits = (refusal for words, refusal in REFUSALS if words in said)
    other = Refusal.NO_RIGHTS if isinstance(error, Forbidden) else Refusal.BAD_REQUEST
    return Result(End.REFUSED, refusal=next(fits, other))


def _seconds(error: RetryAfter) -> float:
    wait = error._retry_after  # the public name warns that its type will change
    return max(0.0, wait.total_seconds())


def _too_many(error: TelegramError) -> float | None:
    """Return the wait of a 429 that came without parameters."""
    said = error.message.lower()
    if "too many requests" not in said:
        return None
    found = _SECONDS.search(said)
    return float(found.group(1)) if found else _DEFAULT_WAIT_SECONDS


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


_REMEDIES: dict[Refusal | None, str] = {
    None: "Check that this machine reaches the address in HARBOUR_TELEGRAM_API.",
    Refusal.UNAUTHORIZED: "Check HARBOUR_TELEGRAM_TOKEN: copy the token from @BotFather again.",
    Refusal.CHAT_NOT_FOUND: "Check HARBOUR_ADVOCATES_GROUP and add the bot to that group.",
    Refusal.KICKED: "Add the bot to the advocates' group again, as an administrator.",
    Refusal.NO_RIGHTS: "Make the bot an administrator that may manage topics.",
    Refusal.NOT_A_FORUM: "Switch Topics on in the advocates' group.",
}
