"""Starting while Telegram cannot be reached, and what an operator is told about token and group."""

from __future__ import annotations

import asyncio
import io
import logging
from pathlib import Path

import pytest

from bot.gateway.account import AccountState, GroupState, account_state, group_state
from bot.gateway.errors import CallFailed
from bot.gateway.quiet import LOUD, quieten
from bot.gateway.telegram_api import Me, TelegramApi
from bot.messages import ChatId
from bot.outbox.ports import End, Refusal, Result
from bot.settings import Settings, load
from bot.standin import STANDIN_TOKEN
from bot.standin.inprocess import InProcess
from tests.support.rows import to_person
from tests.support.standin import GROUP, StandIn
from tests.support.virtual import VirtualTime


async def test_it_keeps_trying_and_waits_longer_each_time(telegram: StandIn) -> None:
    time, troubles = VirtualTime(), list[Result]()

    async def trouble(result: Result) -> None:
        troubles.append(result)

    api = TelegramApi(STANDIN_TOKEN, "http://t.invalid", transport=InProcess(telegram.app), wait=time.wait)
    telegram.faulty("getMe", "500", times=4)
    assert await api.connect(trouble) == Me(1000001, "harbour_standin_bot")
    assert time.waits == [1.0, 2.0, 4.0, 8.0]
    assert troubles == [Result(End.UNCERTAIN)] * 4
    await api.close()


async def test_closing_ends_the_trying(telegram: StandIn) -> None:
    telegram.faulty("getMe", "500", times=99)
    connecting = asyncio.create_task(telegram.api.connect())
    while not telegram.calls("getMe"):
        await asyncio.wait([connecting], timeout=0.01)
    await telegram.api.close()
    async with asyncio.timeout(10):
        assert await connecting is None


async def test_a_wrong_token_is_named_with_its_remedy(telegram: StandIn) -> None:
    telegram.does("token", revoked=True)
    with pytest.raises(CallFailed) as caught:
        await telegram.api.get_me()
    assert caught.value.result.refusal is Refusal.UNAUTHORIZED
    assert "HARBOUR_TELEGRAM_TOKEN" in str(caught.value)
    assert STANDIN_TOKEN not in str(caught.value)


def settings_for(telegram: StandIn, token: str = STANDIN_TOKEN) -> Settings:
    api = telegram.api.bot.base_url.partition("/bot")[0]
    return load({"HARBOUR_TELEGRAM_TOKEN": token, "HARBOUR_TELEGRAM_API": api}, Path("none"))


async def test_a_good_account_and_group_are_told_as_they_are(telegram_over_http: StandIn) -> None:
    settings = settings_for(telegram_over_http)
    assert await account_state(settings) == AccountState("harbour_standin_bot")
    assert await group_state(settings, ChatId(GROUP)) == GroupState(True, True, True)


async def test_a_group_where_the_bot_is_no_admin_says_so(telegram_over_http: StandIn) -> None:
    bot = telegram_over_http.api.bot_id
    telegram_over_http.does("member", chat=GROUP, user=bot, action="demote")
    state = await group_state(settings_for(telegram_over_http), ChatId(GROUP))
    assert (state.found, state.is_admin) == (True, False)


async def test_a_wrong_token_and_an_unknown_group_are_not_taken_for_silence(
    telegram_over_http: StandIn,
) -> None:
    telegram_over_http.does("token", revoked=True)
    settings = settings_for(telegram_over_http)
    assert await account_state(settings) == AccountState(None, refused=True)
    telegram_over_http.does("token", revoked=False)
    assert await group_state(settings, ChatId(-1009999)) == GroupState(found=False)


@pytest.mark.threat("T27")
async def test_at_debug_neither_token_nor_words_reach_any_log(telegram: StandIn) -> None:
    """Even when every logger is set to DEBUG, before and after, and an answer is no JSON."""
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    quieten()
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    heard = io.StringIO()
    handler, root = logging.StreamHandler(heard), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        telegram.faulty("sendMessage", "broken_json", nth=2)
        for _ in range(2):
            await telegram.api.send(to_person("canary-2b7"))
        logging.getLogger("telegram.Bot").error("canary-2b7")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        quieten()
    assert "canary-2b7" not in heard.getvalue()
    assert "STANDIN-token" not in heard.getvalue()
