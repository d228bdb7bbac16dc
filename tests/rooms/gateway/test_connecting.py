"""Starting while Telegram cannot be reached, and what an operator is told about token and group."""

from __future__ import annotations

import asyncio
import io
import logging
from dataclasses import replace

import pytest

from bot.gateway.checks import GroupFacts, problems_of
from bot.gateway.errors import CallFailed
from bot.gateway.quiet import LOUD, quieten
from bot.gateway.telegram_api import Me, TelegramApi
from bot.outbox.ports import End, Refusal, Result
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


async def test_a_good_group_has_no_problem(telegram: StandIn) -> None:
    assert problems_of(await telegram.api.group(GROUP)) == []


async def test_a_group_where_the_bot_is_no_admin_says_so(telegram: StandIn) -> None:
    telegram.does("member", chat=GROUP, user=telegram.api.bot_id, action="demote")
    facts = await telegram.api.group(GROUP)
    assert [each.what for each in problems_of(facts)] == ["bot is not an admin"]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"bot_present": False, "bot_admin": False}, "bot not in the group"),
        ({"is_forum": False}, "group is not a forum"),
        ({"bot_may_manage_topics": False}, "bot may not manage topics"),
        ({"is_public": True}, "group is public"),
        ({"has_linked_chat": True}, "group has a linked channel"),
    ],
)
def test_each_thing_that_keeps_a_group_from_use_has_a_remedy(changed: dict[str, bool], what: str) -> None:
    good = GroupFacts(GROUP, True, True, False, False, True, True, True, 4)
    first, *_ = problems_of(replace(good, **changed))  # type: ignore[arg-type]
    assert first.what == what
    assert first.remedy.endswith(".")


async def test_an_unknown_group_is_a_failed_call(telegram: StandIn) -> None:
    with pytest.raises(CallFailed) as caught:
        await telegram.api.group(-1009999)
    assert caught.value.result.refusal is Refusal.CHAT_NOT_FOUND
    assert "HARBOUR_ADVOCATES_GROUP" in caught.value.remedy


@pytest.mark.threat("T27")
async def test_at_debug_neither_token_nor_words_reach_any_log(telegram: StandIn) -> None:
    """Even when every logger is set to DEBUG before, and an answer is no JSON."""
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    quieten()
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
    assert "canary-2b7" not in heard.getvalue()
    assert "STANDIN-token" not in heard.getvalue()
