"""Everything that can go wrong on the way, over real connections where that matters."""

import asyncio
import math

import httpx
import pytest

GROUP, VIET, ADA, BOT = -1001000000001, 3001, 2001, 1000001


@pytest.fixture
async def ready(far_people):
    await far_people.starts(VIET)
    return far_people


async def spoil(people, action, **more):
    return await people.post("faults", **{"method": "sendMessage", "action": action, **more})


@pytest.mark.parametrize(
    ("action", "status", "words"),
    [
        ("401", 401, "Unauthorized"),
        ("404", 404, "Not Found"),
        ("409", 409, "Conflict: terminated by other getUpdates request"),
        ("429", 429, "Too Many Requests: retry after 7"),
    ],
)
async def test_refusals_come_once_as_json_and_nothing_is_done(far_bot, ready, action, status, words):
    """Source: telegram-bot-api Client.cpp, fail_query."""
    await spoil(ready, action, retry_after=7)
    answer = await far_bot.raw("sendMessage", chat_id=VIET, text="one")
    assert answer.status_code == answer.json()["error_code"] == status
    assert answer.json()["description"].startswith(words)
    assert answer.json().get("parameters") == ({"retry_after": 7} if action == "429" else None)
    await far_bot.says(VIET, "two")
    assert await ready.shown(VIET) == ["two"]


@pytest.mark.parametrize("action", ["500", "502", "504"])
@pytest.mark.parametrize("applied", [False, True])
async def test_gateway_errors_are_web_pages_done_or_not(far_bot, ready, action, applied):
    """What stands before Telegram answers in HTML; whether the call was carried out nobody knows."""
    await spoil(ready, action, applied=applied)
    answer = await far_bot.raw("sendMessage", chat_id=VIET, text="one")
    assert answer.status_code == int(action)
    assert answer.headers["content-type"] == "text/html"
    assert "<html>" in answer.text
    assert await ready.shown(VIET) == (["one"] if applied else [])


async def test_reset_before_is_a_real_reset_and_nothing_is_done(far_bot, ready):
    """The connection breaks before the call is carried out."""
    await spoil(ready, "reset_before")
    with pytest.raises(httpx.ReadError):
        await far_bot.raw("sendMessage", chat_id=VIET, text="one")
    assert await ready.shown(VIET) == []


async def test_reset_after_is_a_real_reset_and_it_is_done(far_bot, ready):
    """The connection breaks after the call was carried out."""
    await spoil(ready, "reset_after")
    with pytest.raises(httpx.ReadError):
        await far_bot.raw("sendMessage", chat_id=VIET, text="one")
    assert await ready.shown(VIET) == ["one"]


async def test_refuse_closes_without_a_word_and_nothing_is_done(far_bot, ready):
    """The nearest to a refused connection that one call can meet."""
    await spoil(ready, "refuse")
    with pytest.raises(httpx.RemoteProtocolError):
        await far_bot.raw("sendMessage", chat_id=VIET, text="one")
    assert await ready.shown(VIET) == []


async def test_half_body_ends_in_the_middle_and_it_is_done(far_bot, ready):
    """The answer breaks off."""
    await spoil(ready, "half_body")
    with pytest.raises(httpx.RemoteProtocolError):
        await far_bot.raw("sendMessage", chat_id=VIET, text="one")
    assert await ready.shown(VIET) == ["one"]


async def test_a_lost_reply_times_out_and_it_is_done(address, far_bot, ready):
    """Measured: a client that repeats then makes two messages (NetworkError does not mean not sent)."""
    await spoil(ready, "lost_reply")
    async with httpx.AsyncClient(base_url=address, timeout=httpx.Timeout(5, read=0.2)) as hasty:
        with pytest.raises(httpx.ReadTimeout):
            await hasty.post(f"/bot{far_bot.token}/sendMessage", json={"chat_id": VIET, "text": "one"})
    assert await ready.shown(VIET) == ["one"]


async def test_broken_json_is_a_whole_answer_that_cannot_be_read(far_bot, ready):
    """Status 200, and a body that stops too early."""
    await spoil(ready, "broken_json")
    answer = await far_bot.raw("sendMessage", chat_id=VIET, text="one")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="line 1"):
        answer.json()
    assert await ready.shown(VIET) == ["one"]


async def test_slow_comes_byte_by_byte_on_the_clock(far_client, far_bot, ready, world):
    """No read timeout ever strikes, only patience ends."""
    await spoil(ready, "slow", interval=1)
    got = asyncio.Event()
    parts: list[bytes] = []

    async def read():
        url = f"/bot{far_bot.token}/sendMessage"
        async with far_client.stream("POST", url, json={"chat_id": VIET, "text": "one"}) as answer:
            async for part in answer.aiter_raw():
                parts.append(part)
                got.set()

    reading = asyncio.create_task(read())
    async with asyncio.timeout(10):
        await world.clock.hold(lambda: world.ledger.find(VIET, "one"), math.inf)
        world.clock.advance(1)
        await got.wait()
        assert b"".join(parts) == b"{"
        world.clock.advance(10_000)
        await reading
    assert b'"text": "one"' in b"".join(parts)


async def test_a_fault_strikes_the_nth_fitting_call(bot, people):
    """A plan counts the calls that fit: by method, by parameters."""
    await people.starts(VIET)
    await spoil(people, "404", nth=2, match={"text": "hit"})
    answers = [
        await bot.raw("sendMessage", chat_id=VIET, text=text) for text in ("hit", "miss", "hit", "hit")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 200]
    assert await people.get("faults") == []


async def test_a_fault_strikes_so_many_times(bot, people):
    """And the list tells how often it still will."""
    await people.post("faults", method="*", action="500", times=2)
    assert [(await bot.raw("getMe")).status_code for _ in range(2)] == [500, 500]
    assert (await bot.raw("getMe")).status_code == 200
    await people.post("faults", method="*", action="500", times=3)
    await bot.raw("getMe")
    assert (await people.get("faults"))[0]["left"] == 2
    await people.client.delete("/standin/faults")
    assert (await bot.raw("getMe")).status_code == 200


@pytest.mark.parametrize(
    ("event", "body", "words"),
    [
        ("block", {"as": VIET, "blocked": True}, "403 Forbidden: bot was blocked by the user"),
        ("delete_account", {"as": VIET}, "403 Forbidden: user is deactivated"),
    ],
)
async def test_something_happens_in_the_middle_of_an_answer(bot, people, event, body, words):
    """The person blocks or goes between two messages of one answer."""
    await people.starts(VIET)
    await people.post("faults", method="sendMessage", action="event", nth=2, event=event, body=body)
    await bot.says(VIET, "first half")
    assert await bot.refused("sendMessage", chat_id=VIET, text="second half") == words
    assert await people.shown(VIET) == ["first half"]


async def test_the_group_changes_in_the_middle(bot, people):
    """Rights lost, a topic deleted, the group moved, time jumped: each just before a chosen call."""
    thread = await bot.topic()
    told = {"chat_id": GROUP, "text": "x", "message_thread_id": thread}
    topic = {"as": ADA, "chat": GROUP, "action": "delete", "thread": thread}
    await people.post("faults", method="sendMessage", action="event", event="topic", body=topic)
    assert "thread not found" in await bot.refused("sendMessage", **told)
    demoted = {"chat": GROUP, "user": BOT, "action": "demote"}
    await people.post("faults", method="createForumTopic", action="event", event="member", body=demoted)
    assert "not enough rights" in await bot.refused("createForumTopic", chat_id=GROUP, name="x")
    await people.post("faults", method="sendMessage", action="event", event="migrate", body={"chat": GROUP})
    assert "upgraded" in await bot.refused("sendMessage", chat_id=GROUP, text="x")
    before = (await people.get("world"))["clock"]
    await people.post("faults", method="getMe", action="event", event="clock", body={"advance": 3600})
    await bot.ok("getMe")
    assert (await people.get("world"))["clock"] == before + 3600


async def test_what_cannot_happen_any_more_is_a_complaint(bot, people):
    """A plan that came too late must not pass unseen, nor break the call."""
    body = {"as": ADA, "chat": GROUP, "action": "delete", "thread": 4711}
    await people.post("faults", method="getMe", action="event", event="topic", body=body)
    assert (await bot.ok("getMe"))["is_bot"]
    assert "could not happen" in (await people.get("complaints"))[0]["complaint"]


async def test_in_process_faults_look_as_over_a_network(bot, people):
    """So that tests without a port can use them too."""
    await people.starts(VIET)
    for action, error in (
        ("reset_before", httpx.ReadError), ("reset_after", httpx.ReadError), ("refuse", httpx.ReadError),
        ("half_body", httpx.ReadError), ("lost_reply", httpx.ReadTimeout),
    ):  # fmt: skip
        await spoil(people, action)
        with pytest.raises(error):
            await bot.raw("sendMessage", chat_id=VIET, text=action)
    assert await people.shown(VIET) == ["reset_after", "half_body", "lost_reply"]


async def test_spoiled_calls_are_recorded_with_their_fault(bot, people):
    """Tests can tell what was asked from what was answered."""
    await people.starts(VIET)
    await spoil(people, "404")
    await bot.raw("sendMessage", chat_id=VIET, text="x")
    call = (await people.get("requests?method=sendMessage"))[0]
    assert call["fault"] == "404"
    assert call["answer"]["error_code"] == 404


@pytest.mark.parametrize(
    "told",
    [
        {"action": "explode"},
        {"action": "500", "nth": 0},
        {"action": "400"},
        {"action": "500", "times": "many"},
        {"action": "duplicate", "method": "sendMessage"},
        {"action": "500", "method": "webhook"},
        {"action": "event", "event": "earthquake"},
    ],
)
async def test_a_nonsense_plan_is_refused(people, told):
    assert await people.refused("faults", **told)
