"""Telegram's pace, on a clock that the test moves.

Source: Telegram Bot FAQ, "My bot is hitting limits"; levlam in tdlib/td#2592; Bot API, ResponseParameters.
"""

import pytest

from bot.standin.limits import BURST

GROUP, VIET, ADA = -1001000000001, 3001, 2001


@pytest.fixture
async def paced(people):
    await people.starts(VIET)
    await people.post("limits", profile="real")
    return people


async def retry_after(bot, method="sendMessage", **told):
    answer = (await bot.raw(method, **told)).json()
    if answer["ok"]:
        return 0
    assert answer["error_code"] == 429
    seconds = answer["parameters"]["retry_after"]
    assert answer["description"] == f"Too Many Requests: retry after {seconds}"
    return seconds


async def test_off_is_off(bot, people):
    await people.starts(VIET)
    for _ in range(200):
        await bot.says(VIET)


async def test_a_chat_takes_a_short_burst_then_one_a_second(bot, paced):
    """Source: Telegram Bot FAQ."""
    for _ in range(BURST):
        await bot.says(VIET)
    assert await retry_after(bot, chat_id=VIET, text="x") == 1
    await paced.advance(1)
    await bot.says(VIET)
    assert await retry_after(bot, chat_id=VIET, text="x") == 1


async def test_a_group_takes_twenty_in_any_minute(bot, paced):
    """Source: Telegram Bot FAQ."""
    for _ in range(20):
        await bot.says(GROUP)
        await paced.advance(1)
    assert await retry_after(bot, chat_id=GROUP, text="x") == 40
    await paced.advance(39)
    assert await retry_after(bot, chat_id=GROUP, text="x") == 1
    await paced.advance(1)
    await bot.says(GROUP)


async def test_sends_edits_copies_and_topics_share_a_groups_twenty(bot, paced):
    """Source: levlam in tdlib/td#2592."""
    await paced.post("limits", overrides={"per_group_per_minute": 5, "per_chat_per_second": 100})
    sent = await bot.says(GROUP, "one")
    where = {"chat_id": GROUP, "message_id": sent["message_id"]}
    thread = await bot.topic("two")
    await bot.ok("editMessageText", **where, text="three")
    await bot.ok("copyMessage", chat_id=GROUP, from_chat_id=GROUP, message_id=sent["message_id"])
    await bot.ok("editForumTopic", chat_id=GROUP, message_thread_id=thread, name="five")
    for method, told in (
        ("sendMessage", {"chat_id": GROUP, "text": "x"}),
        ("editMessageText", {**where, "text": "x"}),
        ("createForumTopic", {"chat_id": GROUP, "name": "x"}),
        ("copyMessage", {"chat_id": GROUP, "from_chat_id": GROUP, "message_id": sent["message_id"]}),
    ):
        assert await retry_after(bot, method, **told) == 60


async def test_reactions_deletions_and_answers_cost_nothing(bot, paced):
    """Source: Telegram Bot FAQ speaks of messages; the outline of this stand-in names these three."""
    await paced.post("limits", overrides={"per_group_per_minute": 2, "per_chat_per_second": 100})
    first, second = await bot.says(GROUP), await bot.says(GROUP)
    for _ in range(30):
        await bot.ok("setMessageReaction", chat_id=GROUP, message_id=first["message_id"], reaction=[])
    query = (await paced.post("press", as_=ADA, chat=GROUP, message=1, data="x"))["query"]
    await bot.ok("answerCallbackQuery", callback_query_id=query)
    await bot.ok("deleteMessage", chat_id=GROUP, message_id=second["message_id"])
    assert await retry_after(bot, chat_id=GROUP, text="x") == 60


async def test_thirty_a_second_over_all(bot, paced):
    """Source: Telegram Bot FAQ."""
    await paced.post("limits", overrides={"per_chat_per_second": 1000})
    for _ in range(30):
        await bot.says(VIET)
    assert await retry_after(bot, chat_id=VIET, text="x") == 1
    await paced.advance(1)
    await bot.says(VIET)


async def test_several_copies_cost_as_many(bot, paced):
    """copyMessages is as many messages as it makes."""
    numbers = [(await paced.writes(VIET))["message"] for _ in range(BURST)]
    copies = {"chat_id": VIET, "from_chat_id": VIET, "message_ids": numbers}
    await bot.ok("copyMessages", **copies)
    assert await retry_after(bot, chat_id=VIET, text="x") == 1


async def test_a_refused_call_is_not_carried_out_and_costs_nothing(bot, paced):
    """Source: Bot API, ResponseParameters.retry_after."""
    for number in range(BURST + 3):
        await bot.raw("sendMessage", chat_id=VIET, text=f"m{number}")
    assert await paced.shown(VIET) == [f"m{number}" for number in range(BURST)]
    await paced.advance(1)
    await bot.says(VIET)


async def test_budgets_are_on_the_sheet(bot, paced):
    """The page draws them."""
    await bot.says(VIET)
    await bot.says(GROUP)
    limits = (await paced.get("world"))["limits"]
    assert limits["profile"] == "real"
    assert limits["chats"][str(VIET)] == {"left": BURST - 1, "of": BURST, "wait": 0}
    assert limits["chats"][str(GROUP)]["left"] == 19


@pytest.mark.parametrize(
    "told", [{"profile": "fast"}, {"overrides": {"per_day": 1}}, {"overrides": {"overall_per_second": 0}}]
)
async def test_nonsense_is_refused(people, told):
    await people.refused("limits", **told)
