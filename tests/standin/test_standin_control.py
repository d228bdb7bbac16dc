"""The control API that tests and the page stand on."""

import asyncio
import json
import math

import httpx
import pytest

GROUP, VIET, ARAB, ADA, BEN = -1001000000001, 3001, 3002, 2001, 2002


async def test_the_start_world_is_the_demo(people):
    world = await people.get("world")
    assert world["bot"] == {"id": 1000001, "first_name": "Harbour", "username": "harbour_standin_bot"}
    assert {user["id"]: user["language_code"] for user in world["users"]} == {
        2001: "en", 2002: "en", 2003: "en", 3001: "vi", 3002: "ar", 3003: "en",
    }  # fmt: skip
    group = world["groups"][0]
    assert (group["id"], group["title"], group["is_forum"]) == (GROUP, "Advocates", True)
    bot = next(member for member in group["members"] if member["id"] == 1000001)
    assert {"can_manage_topics", "can_delete_messages", "can_pin_messages"} <= set(bot["rights"])
    assert world["queue"] == {"pending": 0, "webhook": False}


async def test_messages_stand_on_the_sheet_as_the_page_draws_them(bot, people):
    await people.starts(VIET)
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await bot.says(VIET, "hello", reply_markup=markup)
    await people.post("react", as_=VIET, chat=VIET, message=sent["message_id"], emoji="👍")
    thread = await bot.topic("HB-1")
    chats = (await people.get("world"))["chats"]
    told = chats[str(VIET)]["messages"][-1]
    assert told["buttons"] == markup["inline_keyboard"]
    assert told["reactions"] == [{"emoji": "👍", "user": VIET}]
    assert (told["from"], told["kind"], told["text"], told["service"]) == (1000001, "text", "hello", None)
    service = chats[str(GROUP)]["messages"][-1]
    assert (service["kind"], service["thread"]) == ("service", thread)
    assert service["service"]["forum_topic_created"]["name"] == "HB-1"


async def test_the_ledger_is_what_each_phone_showed_in_order(bot, people):
    """Own words marked, edits and deletions with their time, on the injected clock."""
    await people.writes(VIET, "/start")
    sent = await bot.says(VIET, "one")
    await people.advance(60)
    await bot.ok("editMessageText", chat_id=VIET, message_id=sent["message_id"], text="two")
    await bot.ok("deleteMessage", chat_id=VIET, message_id=sent["message_id"])
    own, told = (await people.get("ledger"))[str(VIET)]
    assert (own["own"], own["text"], told["own"]) == (True, "/start", False)
    assert [(edit["text"], edit["at"] - told["shown_at"]) for edit in told["edits"]] == [("two", 60)]
    assert told["deleted_at"] - told["shown_at"] == 60


async def test_a_member_who_comes_later_is_shown_only_what_comes_later(bot, people):
    await bot.says(GROUP, "before")
    await people.post("member", chat=GROUP, user=VIET, action="join")
    await bot.says(GROUP, "after")
    await people.post("member", chat=GROUP, user=VIET, action="kick")
    await bot.says(GROUP, "later")
    assert await people.shown(VIET) == ["after"]


async def test_waiting_ends_when_it_is_true(bot, people):
    await people.starts(VIET)
    seen = asyncio.create_task(people.post("wait", **{"for": "message", "user": VIET, "contains": "ell"}))
    emptied = asyncio.create_task(people.post("wait", **{"for": "queue-empty"}))
    asked = asyncio.create_task(
        people.post("wait", **{"for": "request", "method": "sendMessage", "count": 1})
    )
    await bot.says(VIET, "hello")
    assert (await seen)["text"] == "hello"
    assert (await asked)["parameters"]["text"] == "hello"
    last = (await bot.updates())[-1]["update_id"]
    await bot.updates(offset=last + 1)
    assert await emptied == {"pending": 0}


async def test_waiting_in_vain_is_408(client):
    told = {"for": "message", "user": VIET, "contains": "never", "seconds": 0.05}
    assert (await client.post("/standin/wait", json=told)).status_code == 408


async def test_own_words_do_not_end_the_waiting(client, people):
    await people.writes(VIET, "echo?")
    told = {"for": "message", "user": VIET, "contains": "echo", "seconds": 0}
    assert (await client.post("/standin/wait", json=told)).status_code == 408


async def test_an_alert_is_waited_for(bot, people):
    query = (await people.post("press", as_=VIET, chat=VIET, message=1, data="x"))["query"]
    waiting = asyncio.create_task(people.post("wait", **{"for": "alert", "query": query}))
    await bot.ok("answerCallbackQuery", callback_query_id=query, text="done")
    assert (await waiting)["text"] == "done"


async def test_the_stream_says_when_the_world_changed(address, far_people, world):
    """Server-sent events; a change between two looks is never missed."""
    async with (
        httpx.AsyncClient(base_url=address, timeout=10) as client,
        client.stream("GET", "/standin/events") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()

        async def version():
            async for line in lines:
                if line.startswith("data: "):
                    return json.loads(line.removeprefix("data: "))["version"]

        first = await version()
        await far_people.writes(VIET)
        async with asyncio.timeout(10):
            while await version() < world.clock.version:
                continue
        assert world.clock.version > first


async def test_reset_goes_back_to_the_start(bot, people, world):
    await people.starts(VIET)
    await people.post("faults", method="*", action="500")
    await people.post("limits", profile="real")
    await people.post("reset")
    told = await people.get("world")
    assert (told["faults"], told["limits"]["profile"], told["queue"]["pending"]) == ([], "off", 0)
    assert await people.get("ledger") == {}
    assert await people.get("requests") == []
    assert (await bot.ok("getMe"))["first_name"] == "Harbour"
    await people.writes(VIET, "again")
    assert (await bot.updates())[0]["message"]["text"] == "again"


async def test_people_and_groups_can_be_added(bot, people):
    user = await people.post("people", first_name="Phone 4", language_code="ti")
    fixed = await people.post("people", first_name="Phone 5", language_code="so", id=3999)
    assert fixed["id"] == 3999
    assert user["id"] not in (3999, VIET)
    await people.writes(user["id"], "selam")
    assert (await bot.updates())[0]["message"]["from"]["language_code"] == "ti"
    group = (
        await people.post("groups", title="G", is_forum=True, members=[ADA], bot_rights=["can_manage_topics"])
    )["id"]
    assert (await bot.ok("createForumTopic", chat_id=group, name="x"))["name"] == "x"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("send", {"as": 99, "text": "x"}),
        ("send", {"as": VIET, "text": " "}),
        ("send", {"as": VIET, "text": "x" * 4097}),
        ("send", {"as": VIET, "chat": ARAB, "text": "x"}),
        ("send", {"as": VIET, "chat": GROUP, "text": "x"}),
        ("send", {"as": ADA, "chat": GROUP, "thread": 99, "text": "x"}),
        ("send", {"as": VIET, "text": "x", "reply_to": 99}),
        ("send", {"as": VIET, "location": {"latitude": "north"}}),
        ("send", {"as": VIET, "file": {"kind": "voice", "base64": "!"}}),
        ("send", {"as": VIET, "file": {"kind": "hologram"}}),
        ("send", {"as": VIET, "text": "x", "sender_chat": "self"}),
        ("edit", {"as": VIET, "chat": VIET, "message": 99, "text": "x"}),
        ("press", {"as": VIET, "chat": VIET, "message": 1, "data": ""}),
        ("press", {"as": VIET, "chat": VIET, "message": 1, "data": "x" * 65}),
        ("block", {"as": VIET}),
        ("topic", {"as": VIET, "action": "create", "name": "x"}),
        ("topic", {"as": ADA, "chat": GROUP, "action": "explode", "thread": 99}),
        ("member", {"chat": GROUP, "user": VIET, "action": "explode"}),
        ("member", {"chat": GROUP, "user": VIET, "action": "leave"}),
        ("member", {"chat": VIET, "user": VIET, "action": "join"}),
        ("migrate", {"chat": 99}),
        ("people", {"first_name": "x", "id": VIET}),
        ("groups", {"title": "x", "type": "channel"}),
        ("update", {}),
        ("again", {"update_id": 1}),
        ("clock", {"advance": -1}),
        ("wait", {"for": "godot"}),
        ("wait", {"for": "queue-empty", "seconds": 10_000}),
        ("hold", {"kinds": "message"}),
    ],
)
async def test_what_makes_no_sense_is_400_with_words(client, path, told):
    answer = await client.post(f"/standin/{path}", json=told)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_a_body_that_is_no_json_object_is_400(client):
    for body in (b"{", b"[]"):
        assert (await client.post("/standin/send", content=body)).status_code == 400


async def test_people_without_rights_cannot_do_what_admins_do(bot, people):
    thread = await bot.topic()
    sent = await people.writes(ADA, "Ada's", chat=GROUP)
    assert "may not" in await people.refused("topic", as_=BEN, chat=GROUP, action="close", thread=thread)
    assert "may not" in await people.refused("delete", as_=BEN, chat=GROUP, message=sent["message"])
    assert "own messages" in await people.refused(
        "edit", as_=BEN, chat=GROUP, message=sent["message"], text="x"
    )
    await people.post("topic", as_=ADA, chat=GROUP, action="close", thread=thread)
    assert "closed" in await people.refused("send", as_=BEN, chat=GROUP, thread=thread, text="x")
    await people.writes(ADA, "still", chat=GROUP, thread=thread)


async def test_the_page_is_served(client):
    page = await client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for asset in ("app.js", "style.css"):
        assert (await client.get(f"/standin/static/{asset}")).status_code == 200


async def test_the_same_seed_gives_the_same_ids(bot, people, world):
    await people.writes(VIET)
    first = await bot.updates()
    await people.post("reset")
    await people.writes(VIET)
    assert [one["update_id"] for one in await bot.updates()] == [one["update_id"] for one in first]


async def test_a_ticking_clock_runs_by_itself_and_jumps(world):
    from bot.standin.clock import Clock

    clock = Clock(start=1000)
    async with asyncio.timeout(10):
        await clock.until(1000.01)
        assert clock.now() >= 1000.01
        late = asyncio.create_task(clock.until(5000))
        later = asyncio.create_task(clock.hold(lambda: "rung" if clock.version > 1 else None, math.inf))
        clock.advance(4000)
        await late
        clock.ring()
        assert await later == "rung"
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)
