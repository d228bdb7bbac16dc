"""Updates: numbered, kept until confirmed, not for ever, one poller at a time."""

import asyncio

import pytest

from bot.standin.queue import MOST_PENDING

GROUP, VIET, ADA = -1001000000001, 3001, 2001


def ids(updates):
    return [update["update_id"] for update in updates]


async def test_update_ids_start_at_a_random_positive_number_and_rise_by_one(bot, people):
    """Source: Bot API, Update.update_id; tdlib TQueue.cpp push."""
    for _ in range(3):
        await people.writes(VIET)
    seen = ids(await bot.updates())
    assert seen[0] > 1
    assert seen == [seen[0], seen[0] + 1, seen[0] + 2]


async def test_after_a_week_without_updates_the_next_id_is_random(bot, people):
    """So nobody may drop an id for being lower than the last.

    Source: Bot API, Update.update_id; tdlib TQueue.cpp push.
    """
    await people.writes(VIET)
    first = ids(await bot.updates())[0]
    await bot.updates(offset=first + 1)
    await people.advance(7 * 86_400 + 1)
    await people.writes(VIET)
    assert ids(await bot.updates()) != [first + 1]


async def test_the_gap_jumps_to_a_lower_id_and_a_high_offset_still_delivers(bot, people):
    """An offset from the future counts from the head of the queue.

    Source: tdlib TQueue.cpp get, "Specified from_id is in the future".
    """
    await people.writes(VIET, "before")
    first = ids(await bot.updates())[0]
    await bot.updates(offset=first + 1)
    await people.post("gap")
    await people.writes(VIET, "after")
    came = await bot.updates(offset=first + 1)
    assert [one["message"]["text"] for one in came] == ["after"]
    assert came[0]["update_id"] < first
    assert await bot.updates(offset=came[0]["update_id"] + 1) == []


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(bot, people):
    """Source: Bot API, getUpdates.offset; telegram-bot-api Client.cpp:16321."""
    await people.writes(VIET, "one")
    await people.writes(VIET, "two")
    first, second = ids(await bot.updates())
    assert ids(await bot.updates(offset=first, limit=5)) == [first, second]
    assert ids(await bot.updates(offset=second)) == [second]
    assert await people.get("queue") == {"pending": [second], "confirmed_to": first, "next": second + 1}


async def test_a_negative_offset_keeps_the_last_ones_and_forgets_the_rest(bot, people):
    """Source: Bot API, getUpdates.offset; telegram-bot-api Client.cpp:16321."""
    for text in ("one", "two", "three"):
        await people.writes(VIET, text)
    kept = await bot.updates(offset=-1)
    assert [one["message"]["text"] for one in kept] == ["three"]
    assert (await people.get("queue"))["pending"] == ids(kept)


@pytest.mark.parametrize(("limit", "came"), [(1, 1), (100, 100), (0, 1), (-5, 1), (1000, 100)])
async def test_limit_is_clamped_to_1_and_100(bot, people, limit, came):
    """Source: telegram-bot-api Client.cpp:15700-15720."""
    for _ in range(101):
        await people.writes(VIET)
    assert len(await bot.updates(limit=limit)) == came


async def test_the_same_offset_within_half_a_second_brings_one_update(bot, people):
    """Source: telegram-bot-api Client.cpp:15700-15720, Client.h:1610."""
    for _ in range(3):
        await people.writes(VIET)
    assert len(await bot.ok("getUpdates")) == 3
    assert len(await bot.ok("getUpdates")) == 1
    await people.advance(0.6)
    assert len(await bot.ok("getUpdates")) == 3


async def test_the_same_offset_within_three_seconds_waits_three_seconds(bot, people, polling):
    """Source: telegram-bot-api Client.cpp:15700-15720."""
    assert await bot.ok("getUpdates") == []
    again = asyncio.create_task(bot.ok("getUpdates"))
    await polling()
    assert not again.done()
    await people.advance(3)
    assert await again == []


async def test_timeout_is_clamped_to_50_seconds(bot, people, polling):
    """Source: telegram-bot-api Client.cpp:15700-15720, Client.h:1610."""
    poll = asyncio.create_task(bot.updates(timeout=500))
    await polling()
    await people.advance(49)
    assert not poll.done()
    await people.advance(1)
    assert await poll == []


async def test_a_long_poll_returns_as_soon_as_something_happens(bot, people, polling):
    """Source: Bot API, getUpdates.timeout."""
    poll = asyncio.create_task(bot.updates(timeout=50))
    await polling()
    await people.writes(VIET, "there")
    assert (await poll)[0]["message"]["text"] == "there"


async def test_the_older_of_two_polls_gets_409(bot, people, polling):
    """Source: telegram-bot-api Client.cpp:16229."""
    older = asyncio.create_task(bot.refused("getUpdates", timeout=50))
    await polling()
    newer = asyncio.create_task(bot.updates(timeout=50))
    assert await older == (
        "409 Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    await polling()
    await people.writes(VIET, "for the newer")
    assert (await newer)[0]["message"]["text"] == "for the newer"


async def test_polling_while_a_webhook_is_set_is_409(bot, people, polling):
    """Source: telegram-bot-api Client.cpp:15703; measured as python-telegram-bot's Conflict."""
    poll = asyncio.create_task(bot.refused("getUpdates", timeout=50))
    await polling()
    await bot.ok("setWebhook", url="http://127.0.0.1:1/hook")
    assert (await poll).startswith("409 Conflict: terminated by setWebhook")
    assert (await bot.refused("getUpdates")).startswith(
        "409 Conflict: can't use getUpdates method while webhook is active"
    )
    await bot.ok("deleteWebhook")
    assert await bot.updates() == []


async def test_a_message_waits_24_hours_and_a_pressed_button_150_seconds(bot, people):
    """So after three minutes down, presses are gone.

    Source: telegram-bot-api Client.cpp:17053, 17155.
    """
    await people.writes(VIET, "still here")
    await people.post("press", as_=VIET, chat=VIET, message=1, data="gone")
    await people.advance(151)
    assert [list(one)[1] for one in await bot.updates()] == ["message"]
    await people.advance(86_400 - 151)
    assert await bot.updates(offset=1) == []


async def test_the_queue_holds_at_most_100_000(world, bot, people):
    """Source: tdlib TQueue.cpp:87."""
    await people.writes(VIET)
    for _ in range(MOST_PENDING):
        world.queue.push("message", {}, ("message", 1))
    assert world.queue.push("message", {}, ("message", 1)) is None
    assert len(world.queue.pending()) == MOST_PENDING


async def test_allowed_updates_are_kept_until_changed_and_spare_what_is_queued(bot, people):
    """Source: Bot API, getUpdates.allowed_updates; telegram-bot-api Client.h:1456."""
    await people.writes(VIET, "queued before")
    await bot.updates(allowed_updates=["callback_query"], offset=1)
    await people.writes(VIET, "not wanted")
    await people.post("press", as_=VIET, chat=VIET, message=1, data="x")
    await people.advance(1)
    assert [list(one)[1] for one in await bot.updates()] == ["message", "callback_query"]
    await bot.updates(allowed_updates=[], offset=2)
    await people.writes(VIET, "wanted again")
    await people.advance(1)
    assert (await bot.updates())[-1]["message"]["text"] == "wanted again"


async def test_reactions_and_members_come_only_when_named(bot, people):
    """Source: Bot API, Update: chat_member and message_reaction must be asked for."""
    sent = await people.writes(ADA, chat=GROUP)
    deeds = (
        ("react", {"as_": ADA, "chat": GROUP, "message": sent["message"], "emoji": "👍"}),
        ("member", {"chat": GROUP, "user": 2002, "action": "promote", "rights": []}),
    )
    await people.post(deeds[0][0], **deeds[0][1])
    await people.post(deeds[1][0], **deeds[1][1])
    assert [list(one)[1] for one in await bot.updates()] == ["message"]
    await bot.updates(allowed_updates=["message_reaction", "chat_member"], offset=-1)
    await people.post("react", as_=ADA, chat=GROUP, message=sent["message"], emoji="👎")
    await people.post("member", chat=GROUP, user=2002, action="demote")
    await people.advance(1)
    came = await bot.updates()
    assert [list(one)[1] for one in came] == ["message", "message_reaction", "chat_member"]
    assert came[1]["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]


async def test_reactions_and_members_of_a_group_need_the_bot_as_admin(bot, people):
    """Source: Bot API, Update.message_reaction and chat_member."""
    await bot.updates(allowed_updates=["message_reaction", "chat_member"])
    sent = await people.writes(ADA, chat=GROUP)
    await people.post("member", chat=GROUP, user=1000001, action="demote")
    await people.post("react", as_=ADA, chat=GROUP, message=sent["message"], emoji="👍")
    await people.post("member", chat=GROUP, user=2002, action="promote")
    assert await bot.updates(offset=1) == []


async def test_an_update_can_come_twice_and_a_strange_one_can_come(bot, people):
    """Telegram sometimes repeats, and newer kinds than the bot knows arrive."""
    await people.writes(VIET, "twice")
    number = ids(await bot.updates())[0]
    await bot.updates(offset=number + 1)
    await people.post("again", update_id=number)
    await people.post("update", chat_teleported={"chat": {"id": 5}})
    await people.post("update", raw='{"update_id": 1, "message": ')
    came = await bot.updates()
    assert came[0]["update_id"] == number
    assert came[0]["message"]["text"] == "twice"
    assert came[1]["chat_teleported"] == {"chat": {"id": 5}}
    assert isinstance(came[2]["message"], str)


async def test_a_restart_breaks_the_poll_and_keeps_or_loses_the_queue(bot, people, polling):
    """The stand-in's own fault: Telegram restarts, with and without its queue."""
    poll = asyncio.create_task(bot.raw("getUpdates", timeout=50))
    await polling()
    await people.post("restart", keep_queue=True)
    with pytest.raises(Exception, match="reset by the stand-in"):
        await poll
    await people.writes(VIET)
    assert (await people.post("restart", keep_queue=True))["pending"] == 1
    assert (await people.post("restart", keep_queue=False))["pending"] == 0


async def test_ticks_tell_what_the_bot_fetched_and_confirmed(bot, people):
    """The page shows one tick for delivered and two for confirmed."""
    await people.writes(VIET)

    async def ticks():
        message = (await people.get("world"))["chats"][str(VIET)]["messages"][0]
        return message["delivered"], message["confirmed"]

    assert await ticks() == (False, False)
    number = ids(await bot.updates())[0]
    assert await ticks() == (True, False)
    await bot.updates(offset=number + 1)
    assert await ticks() == (True, True)
