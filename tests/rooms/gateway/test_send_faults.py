"""Each fault of Telegram or the network, against each kind of send, over real connections."""

from __future__ import annotations

import socket

import pytest

from bot.gateway.telegram_api import TelegramApi
from bot.messages import OpenTopic, React, Say, SetTopic, ShowCard
from bot.outbox.ports import End, Refusal, Row
from bot.standin import STANDIN_TOKEN
from tests.support.rows import to_person, to_topic
from tests.support.standin import ADA, GROUP, PERSON, StandIn

ENDS = {
    "429": End.NOT_SENT,
    "500": End.UNCERTAIN,
    "502": End.UNCERTAIN,
    "504": End.UNCERTAIN,
    "401": End.NOT_SENT,
    "404": End.NOT_SENT,
    "409": End.NOT_SENT,
    "reset_before": End.UNCERTAIN,
    "refuse": End.UNCERTAIN,
    "reset_after": End.UNCERTAIN,
    "half_body": End.UNCERTAIN,
    "broken_json": End.UNCERTAIN,
}
"""A connection cut before the answer tells nobody whether the request was carried out."""

KINDS = ("say", "say_to_topic", "open_topic", "new_card", "edited_card", "set_topic", "react")
METHODS = {
    "say": "sendMessage",
    "say_to_topic": "sendMessage",
    "open_topic": "createForumTopic",
    "new_card": "sendMessage",
    "edited_card": "editMessageText",
    "set_topic": "editForumTopic",
    "react": "setMessageReaction",
}


async def row_of(kind: str, telegram: StandIn) -> Row:
    if kind == "say":
        return to_person("hello")
    if kind == "open_topic":
        return to_topic(OpenTopic("🟡 K7"), None)
    thread = telegram.topic()
    if kind == "say_to_topic":
        return to_topic("hello", thread)
    if kind == "set_topic":
        return to_topic(SetTopic("⚪ K7", True), thread)
    if kind == "react":
        said = telegram.does("send", **{"as": ADA, "chat": GROUP, "thread": thread, "text": "x"})
        return to_topic(React(said["message_id"], "👌"), thread)
    if kind == "new_card":
        return to_topic(ShowCard("card"), thread)
    sent = await telegram.api.send(to_topic(ShowCard("card"), thread))
    return to_topic(ShowCard("changed"), thread, card=sent.message)


@pytest.mark.threat("T32")
@pytest.mark.parametrize("action", ENDS)
async def test_a_fault_ends_as_what_is_known_whatever_was_sent(
    telegram_over_http: StandIn, action: str
) -> None:
    for kind in KINDS:
        row = await row_of(kind, telegram_over_http)
        telegram_over_http.faulty(METHODS[kind], action, retry_after=7)
        result = await telegram_over_http.api.send(row)
        assert result.end is ENDS[action], kind
        assert (result.retry_after == 7) is (action == "429")
        assert (result.refusal is Refusal.UNAUTHORIZED) is (action in {"401", "404"})
        assert (await telegram_over_http.api.send(row)).end is End.SENT, f"{kind} after {action}"


@pytest.mark.threat("T32")
@pytest.mark.parametrize(("action", "arrived"), [("reset_after", 1), ("half_body", 1), ("reset_before", 0)])
async def test_uncertain_is_the_truth_it_may_have_arrived_or_not(
    telegram_over_http: StandIn, action: str, arrived: int
) -> None:
    telegram_over_http.faulty("sendMessage", action)
    result = await telegram_over_http.api.send(to_person(Say("canary-1")))
    assert result.end is End.UNCERTAIN
    assert len(telegram_over_http.seen_by(PERSON)) == arrived


@pytest.mark.threat("T32")
async def test_nobody_listening_is_surely_not_sent() -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        port = plug.getsockname()[1]
    api = TelegramApi(STANDIN_TOKEN, f"http://127.0.0.1:{port}")
    assert (await api.send(to_person("x"))).end is End.NOT_SENT
    await api.close()


@pytest.mark.threat("T32")
async def test_a_lost_reply_is_uncertain(telegram: StandIn) -> None:
    telegram.faulty("sendMessage", "lost_reply")
    assert (await telegram.api.send(to_person("x"))).end is End.UNCERTAIN
    assert telegram.seen_by(PERSON) == ["x"]


async def test_a_slow_answer_is_waited_for(telegram_over_http: StandIn) -> None:
    telegram_over_http.faulty("sendMessage", "slow", interval=0.001)
    assert (await telegram_over_http.api.send(to_person("x"))).end is End.SENT
