"""What the library raises, and what it means for a message: not sent, uncertain, or refused by name."""

from __future__ import annotations

import httpx
import pytest
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
    TimedOut,
)

from bot.gateway.errors import CallFailed, result_of
from bot.outbox.ports import End, Refusal, Result


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        caused(NetworkError("httpx.ConnectError: refused"), httpx.ConnectError("refused")),
        caused(TimedOut(), httpx.ConnectTimeout("slow")),
        caused(TimedOut("Pool timeout"), httpx.PoolTimeout("full")),
        caused(NetworkError("x"), httpx.ProxyError("no way out")),
        Conflict("terminated by other getUpdates request"),
    ],
)
def test_what_never_left_is_surely_not_sent(error: TelegramError) -> None:
    assert result_of(error) == Result(End.NOT_SENT)


@pytest.mark.parametrize(
    "error",
    [
        caused(TimedOut(), httpx.ReadTimeout("slow")),
        caused(TimedOut(), httpx.WriteTimeout("slow")),
        caused(NetworkError("x"), httpx.ReadError("reset")),
        caused(NetworkError("x"), httpx.WriteError("reset")),
        caused(NetworkError("x"), httpx.RemoteProtocolError("half")),
        NetworkError("Internal Server Error (500)"),
        NetworkError("Bad Gateway"),
        NetworkError("Gateway Timeout (504)"),
        TelegramError("Invalid server response"),
        TimedOut(),
        KeyError("anything"),
    ],
)
def test_what_may_have_arrived_is_uncertain(error: Exception) -> None:
    assert result_of(error) == Result(End.UNCERTAIN)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (RetryAfter(7), 7.0),
        (NetworkError("Too Many Requests: retry after 12"), 12.0),
        (NetworkError("Too Many Requests"), 5.0),
    ],
)
def test_a_wait_that_telegram_asks_for_is_kept(error: TelegramError, seconds: float) -> None:
    assert result_of(error) == Result(End.NOT_SENT, retry_after=seconds)


@pytest.mark.parametrize("error", [InvalidToken("Unauthorized"), EndPointNotFound("Not Found")])
def test_a_refused_token_is_not_sent_and_named(error: TelegramError) -> None:
    assert result_of(error) == Result(End.NOT_SENT, refusal=Refusal.UNAUTHORIZED)


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Refusal.BLOCKED),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), Refusal.BLOCKED),
        (Forbidden("Forbidden: user is deactivated"), Refusal.DELETED),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Refusal.KICKED),
        (Forbidden("Forbidden: bot is not a member of the supergroup chat"), Refusal.KICKED),
        (Forbidden("Forbidden: something new"), Refusal.NO_RIGHTS),
        (BadRequest("Bad Request: chat not found"), Refusal.CHAT_NOT_FOUND),
        (BadRequest("PEER_ID_INVALID"), Refusal.CHAT_NOT_FOUND),
        (BadRequest("Bad Request: message thread not found"), Refusal.TOPIC_GONE),
        (BadRequest("Bad Request: TOPIC_DELETED"), Refusal.TOPIC_GONE),
        (BadRequest("Bad Request: TOPIC_ID_INVALID"), Refusal.TOPIC_GONE),
        (BadRequest("Bad Request: TOPIC_CLOSED"), Refusal.TOPIC_CLOSED),
        (BadRequest("Bad Request: TOPIC_NOT_MODIFIED"), Refusal.NOT_MODIFIED),
        (BadRequest("Bad Request: message is not modified: specified new …"), Refusal.NOT_MODIFIED),
        (BadRequest("Bad Request: message to edit not found"), Refusal.MESSAGE_GONE),
        (BadRequest("Bad Request: message can't be edited"), Refusal.MESSAGE_GONE),
        (BadRequest("Bad Request: message to react not found"), Refusal.MESSAGE_GONE),
        (BadRequest("Bad Request: not enough rights to create a topic"), Refusal.NO_RIGHTS),
        (BadRequest("Bad Request: CHAT_ADMIN_REQUIRED"), Refusal.NO_RIGHTS),
        (BadRequest("Bad Request: the chat is not a forum"), Refusal.NOT_A_FORUM),
        (BadRequest("Bad Request: group chat was upgraded to a supergroup chat"), Refusal.MIGRATED),
        (BadRequest("Bad Request: message is too long"), Refusal.BAD_REQUEST),
        (BadRequest("Bad Request: BUTTON_DATA_INVALID"), Refusal.BAD_REQUEST),
    ],
)
def test_a_refusal_is_known_by_its_words_in_any_case(error: TelegramError, refusal: Refusal) -> None:
    """The library cuts a prefix and changes letters' case, so texts are compared in small letters."""
    assert result_of(error) == Result(End.REFUSED, refusal=refusal)


def test_a_move_says_where_to() -> None:
    moved = Result(End.REFUSED, refusal=Refusal.MIGRATED, moved_to=-1005)
    assert result_of(ChatMigrated(-1005)) == moved


def test_text_that_cannot_be_encoded_is_refused_not_tried_for_ever() -> None:
    cause = UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
    assert result_of(caused(NetworkError("Unknown"), cause)).refusal is Refusal.BAD_REQUEST


@pytest.mark.threat("T27")
def test_a_failed_call_tells_what_to_do_and_nothing_of_what_was_said() -> None:
    failed = CallFailed("getMe", result_of(InvalidToken("token 12:SECRET rejected")))
    assert "SECRET" not in str(failed)
    assert "HARBOUR_TELEGRAM_TOKEN" in failed.remedy
