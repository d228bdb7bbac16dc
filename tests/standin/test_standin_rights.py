"""Who may be written to, what a bot hears, and groups that move."""

GROUP, VIET, ARAB, ADA, BEN, BOT = -1001000000001, 3001, 3002, 2001, 2002, 1000001


async def test_a_stranger_is_not_found_and_an_acquaintance_must_start(bot, people):
    """Source: telegram-bot-api Client.cpp:8125-8190; tdlib MessagesManager.cpp:27957."""
    say = {"text": "x"}
    assert await bot.refused("sendMessage", chat_id=4711, **say) == "400 Bad Request: chat not found"
    assert await bot.refused("sendMessage", chat_id=VIET, **say) == "400 Bad Request: chat not found"
    assert await bot.refused("sendMessage", chat_id=ADA, **say) == (
        "403 Forbidden: bot can't initiate conversation with a user"
    )
    assert await bot.refused("sendMessage", **say) == "400 Bad Request: chat_id is empty"
    await people.starts(VIET)
    await bot.says(VIET)


async def test_blocking_is_told_and_refuses_and_start_takes_it_back(bot, people):
    """Source: telegram-bot-api Client.cpp:124-127; Bot API, Update.my_chat_member."""
    await people.starts(VIET)
    await people.post("block", as_=VIET, blocked=True)
    assert (
        await bot.refused("sendMessage", chat_id=VIET, text="x")
        == "403 Forbidden: bot was blocked by the user"
    )
    await people.writes(VIET, "/start")
    await bot.says(VIET, "welcome back")
    came = [update for update in await bot.updates() if "my_chat_member" in update]
    assert [update["my_chat_member"]["new_chat_member"]["status"] for update in came] == ["kicked", "member"]
    assert came[0]["my_chat_member"]["chat"]["id"] == VIET


async def test_a_deleted_account_is_deactivated(bot, people):
    """Source: telegram-bot-api Client.cpp, INPUT_USER_DEACTIVATED."""
    await people.starts(VIET)
    await people.post("delete_account", as_=VIET)
    assert await bot.refused("sendMessage", chat_id=VIET, text="x") == "403 Forbidden: user is deactivated"
    assert "deleted" in await people.refused("send", as_=VIET, text="x")


async def test_kicked_and_left_groups_refuse(bot, people):
    """Source: telegram-bot-api Client.cpp:6596, 8125-8190."""
    await people.post("member", chat=GROUP, user=BOT, action="kick")
    assert await bot.refused("sendMessage", chat_id=GROUP, text="x") == (
        "403 Forbidden: bot was kicked from the supergroup chat"
    )
    told = (await bot.updates())[-1]["my_chat_member"]
    assert (told["old_chat_member"]["status"], told["new_chat_member"]["status"]) == (
        "administrator",
        "kicked",
    )
    await people.post("member", chat=GROUP, user=BOT, action="join")
    assert await bot.ok("leaveChat", chat_id=GROUP) is True
    assert await bot.refused("getChat", chat_id=GROUP) == (
        "403 Forbidden: bot is not a member of the supergroup chat"
    )
    assert (await bot.updates())[-1]["my_chat_member"]["new_chat_member"]["status"] == "left"


async def test_losing_admin_is_told_then_refused(bot, people):
    """Source: Bot API, Update.my_chat_member; tdlib ForumTopicManager.cpp:523."""
    await people.post("member", chat=GROUP, user=BOT, action="demote")
    told = (await bot.updates())[-1]["my_chat_member"]
    assert told["new_chat_member"]["status"] == "member"
    assert "not enough rights" in await bot.refused("createForumTopic", chat_id=GROUP, name="x")


async def test_without_admin_privacy_mode_shows_commands_replies_and_mentions_only(bot, people):
    """Source: core.telegram.org/bots/features#privacy-mode."""
    mine = await bot.says(GROUP, "anyone there?")
    await people.writes(ADA, "heard by an admin bot", chat=GROUP)
    await people.post("member", chat=GROUP, user=BOT, action="demote")
    await people.writes(ADA, "not heard", chat=GROUP)
    await people.writes(ADA, "/claim", chat=GROUP)
    await people.writes(ADA, "/claim@harbour_standin_bot", chat=GROUP)
    await people.writes(ADA, "/claim@other_bot", chat=GROUP)
    await people.writes(ADA, "an answer", chat=GROUP, reply_to=mine["message_id"])
    await people.writes(ADA, "hey @harbour_standin_bot", chat=GROUP)
    texts = [update["message"]["text"] for update in await bot.updates() if "message" in update]
    assert texts == [
        "heard by an admin bot", "/claim", "/claim@harbour_standin_bot", "an answer",
        "hey @harbour_standin_bot",
    ]  # fmt: skip


async def test_a_moved_group_names_its_new_id_and_tells_both_sides(bot, people):
    """Source: telegram-bot-api Client.cpp:8150; Bot API, ResponseParameters.migrate_to_chat_id."""
    thread = await bot.topic()
    new = (await people.post("migrate", chat=GROUP))["new_chat"]
    told = (await bot.raw("sendMessage", chat_id=GROUP, text="x")).json()
    assert told["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert told["parameters"] == {"migrate_to_chat_id": new}
    came = [update["message"] for update in await bot.updates()][-2:]
    assert (came[0]["chat"]["id"], came[0]["migrate_to_chat_id"]) == (GROUP, new)
    assert (came[1]["chat"]["id"], came[1]["migrate_from_chat_id"]) == (new, GROUP)
    assert "thread not found" in await bot.refused(
        "sendMessage", chat_id=new, text="x", message_thread_id=thread
    )
    await bot.says(new, "here")
    assert "here" in await people.shown(ADA)


async def test_members_are_told_in_full(bot, people):
    """Source: Bot API, getChatMember, getChatAdministrators, getChatMemberCount."""
    ada = await bot.ok("getChatMember", chat_id=GROUP, user_id=ADA)
    mine = await bot.ok("getChatMember", chat_id=GROUP, user_id=BOT)
    stranger = await bot.ok("getChatMember", chat_id=GROUP, user_id=VIET)
    assert (ada["status"], mine["status"], stranger["status"]) == ("creator", "administrator", "left")
    assert mine["can_manage_topics"] is True
    assert mine["can_promote_members"] is False
    admins = await bot.ok("getChatAdministrators", chat_id=GROUP)
    assert {one["user"]["id"] for one in admins} == {ADA, BOT}
    assert await bot.ok("getChatMemberCount", chat_id=GROUP) == 4
    assert (await bot.refused("getChatMember", chat_id=GROUP, user_id=99)).startswith("400 ")


async def test_joining_and_leaving_is_a_service_message(bot, people):
    """Source: Bot API, Message.new_chat_members, left_chat_member."""
    await people.post("member", chat=GROUP, user=VIET, action="join")
    await people.post("member", chat=GROUP, user=VIET, action="leave")
    came = [update["message"] for update in await bot.updates()]
    assert came[0]["new_chat_members"][0]["id"] == VIET
    assert came[1]["left_chat_member"]["id"] == VIET
    assert "not in this group" in await people.refused("send", as_=VIET, chat=GROUP, text="x")


async def test_forged_roles_show_as_telegram_shows_them(bot, people):
    """Anonymous admins, channels and inline bots write under other names.

    Source: Bot API, Message.sender_chat, Message.via_bot, Message.from.
    """
    await people.writes(ADA, "anonymous", chat=GROUP, sender_chat="self")
    await people.writes(ADA, "channel", chat=GROUP, sender_chat="channel")
    await people.writes(ADA, "inline", chat=GROUP, via_bot=True)
    await people.writes(ADA, "forwarded", chat=GROUP, forward_from=VIET)
    anonymous, channel, inline, forwarded = (update["message"] for update in await bot.updates())
    assert (anonymous["from"]["id"], anonymous["sender_chat"]["id"]) == (1087968824, GROUP)
    assert (channel["from"]["id"], channel["sender_chat"]["type"]) == (136817688, "channel")
    assert (inline["from"]["id"], inline["via_bot"]["is_bot"]) == (ADA, True)
    assert forwarded["forward_origin"]["sender_user"]["id"] == VIET


async def test_a_person_who_shares_no_chat_sees_nothing(bot, people):
    """The ledger shows a group's messages to its members alone."""
    await people.starts(VIET, ARAB)
    await bot.says(GROUP, "among advocates")
    await bot.says(VIET, "to one person")
    assert await people.shown(VIET) == ["to one person"]
    assert await people.shown(ARAB) == []
    assert await people.shown(BEN) == ["among advocates"]
