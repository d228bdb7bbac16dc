"""Webhooks: pushed with a secret, repeated with patience, in order per lane."""

import asyncio
import math
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.standin.app import create_app

GROUP, VIET, ARAB = -1001000000001, 3001, 3002
HOOK = "http://127.0.0.1:9000/hook"


class Receiver:
    """A bot's webhook that answers as told and remembers what came."""

    def __init__(self, world) -> None:
        self.world = world
        self.came: list[dict] = []
        self.headers: list[dict] = []
        self.times: list[float] = []
        self.answers: list[Response] = []
        self.gate: dict[str, asyncio.Event] = {}
        self.app = Starlette(routes=[Route("/hook", self.take, methods=["POST"])])

    async def take(self, request: Request) -> Response:
        update = await request.json()
        self.came.append(update)
        self.headers.append(dict(request.headers))
        self.times.append(self.world.clock.now())
        self.world.clock.ring()
        gate = self.gate.get(next(key for key in update if key != "update_id"))
        if gate is not None:
            await gate.wait()
        return self.answers.pop(0) if self.answers else Response()

    async def until(self, count: int) -> list[dict]:
        """Return what came, once it is so many."""
        async with asyncio.timeout(10):
            await self.world.clock.hold(lambda: True if len(self.came) >= count else None, math.inf)
        return self.came

    async def empty(self) -> None:
        """Return once nothing waits any more."""
        async with asyncio.timeout(10):
            await self.world.clock.hold(lambda: None if self.world.queue.pending() else True, math.inf)

    async def failed(self, times: int) -> None:
        """Return once the stand-in has taken in so many failures and waits for its next try."""
        async with asyncio.timeout(10):
            await self.world.clock.hold(lambda: True if self.world.hook.failures >= times else None, math.inf)


@pytest.fixture
def receiver(world) -> Receiver:
    return Receiver(world)


@pytest.fixture
async def app(world, receiver) -> AsyncIterator[Starlette]:
    made = create_app(world, webhook_target=httpx.ASGITransport(app=receiver.app))
    async with made.router.lifespan_context(made):
        yield made


async def test_updates_are_posted_as_json_with_the_secret_header(bot, people, receiver):
    """Source: Bot API, setWebhook.secret_token."""
    await bot.ok("setWebhook", url=HOOK, secret_token="se-cret_1")
    await people.writes(VIET, "hi")
    came = await receiver.until(1)
    await receiver.empty()
    assert came[0]["message"]["text"] == "hi"
    assert receiver.headers[0]["x-telegram-bot-api-secret-token"] == "se-cret_1"
    assert receiver.headers[0]["content-type"] == "application/json"
    assert (await people.get("world"))["chats"][str(VIET)]["messages"][0]["confirmed"]


@pytest.mark.parametrize(("secret", "fault"), [("x" * 257, "too long"), ("white space", "unallowed")])
async def test_the_secret_has_1_to_256_plain_letters(bot, secret, fault):
    """Source: Bot API, setWebhook.secret_token."""
    assert fault in await bot.refused("setWebhook", url=HOOK, secret_token=secret)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://example.org/hook", "An HTTPS URL must be provided"),
        ("https://example.org:9000/hook", "only on ports 80, 88, 443 or 8443"),
        ("https://127.0.0.1/hook", "is reserved"),
        ("https://example.org/hook", "on its own machine only"),
    ],
)
async def test_only_this_machine_is_pushed_to(bot, url, fault):
    """Telegram takes https on four ports of public addresses; the stand-in http on loopback alone.

    Source: telegram-bot-api WebhookActor.cpp:706-719, 783.
    """
    assert fault in await bot.refused("setWebhook", url=url)


async def test_a_failure_is_repeated_at_once_then_after_2_4_8_seconds(bot, people, receiver, world):
    """Source: telegram-bot-api WebhookActor.cpp:493-520, 561."""
    receiver.answers = [Response(status_code=500) for _ in range(4)]
    await bot.ok("setWebhook", url=HOOK)
    start = world.clock.now()
    await people.writes(VIET)
    await receiver.failed(2)
    for seconds, count in ((2, 3), (4, 4), (8, 5)):
        assert len(receiver.came) == count - 1
        await people.advance(seconds - 1)
        await people.advance(1)
        await receiver.until(count)
        if count < 5:
            await receiver.failed(count)
    await receiver.empty()
    assert [at - start for at in receiver.times] == [0, 0, 2, 6, 14]
    assert {update["update_id"] for update in receiver.came} == {receiver.came[0]["update_id"]}
    assert "500" in (await bot.ok("getWebhookInfo"))["last_error_message"]


async def test_retry_after_is_honoured(bot, people, receiver, world):
    """Source: telegram-bot-api WebhookActor.cpp:637 (at most an hour)."""
    receiver.answers = [Response(status_code=503, headers={"retry-after": "30"})]
    await bot.ok("setWebhook", url=HOOK)
    await people.writes(VIET)
    await receiver.failed(1)
    await people.advance(29)
    assert len(receiver.came) == 1
    await people.advance(1)
    await receiver.empty()
    assert len(receiver.came) == 2


async def test_a_failing_update_dies_with_its_life(bot, people, receiver, world):
    """Source: telegram-bot-api Client.cpp:17053: the queue forgets what is too old."""
    receiver.answers = [Response(status_code=500, headers={"retry-after": "3600"})]
    await bot.ok("setWebhook", url=HOOK)
    await people.post("press", as_=VIET, chat=VIET, message=1, data="x")
    await receiver.failed(1)
    await people.advance(151)
    assert (await bot.ok("getWebhookInfo"))["pending_update_count"] == 0
    assert len(receiver.came) == 1


async def test_gone_for_23_hours_removes_the_webhook(bot, people, receiver, world):
    """Source: telegram-bot-api WebhookActor.cpp:561: 410 for 23 hours."""
    receiver.answers = [Response(status_code=410, headers={"retry-after": "3600"}) for _ in range(25)]
    await bot.ok("setWebhook", url=HOOK)
    await people.writes(VIET)
    for hour in range(1, 24):
        await receiver.failed(hour)
        await people.advance(3600)
    async with asyncio.timeout(10):
        await world.clock.hold(lambda: None if world.hook.url else True, math.inf)
    assert (await bot.ok("getWebhookInfo"))["url"] == ""


async def test_messages_and_edits_of_a_chat_keep_their_order(bot, people, receiver):
    """Source: telegram-bot-api WebhookActor.cpp:410-477; Client.cpp:17959."""
    receiver.gate["message"] = asyncio.Event()
    await bot.ok("setWebhook", url=HOOK)
    sent = await people.writes(VIET, "one")
    await people.post("edit", as_=VIET, chat=VIET, message=sent["message"], text="one!")
    await receiver.until(1)
    receiver.gate["message"].set()
    await receiver.empty()
    assert [list(update)[1] for update in receiver.came] == ["message", "edited_message"]


async def test_a_button_press_may_overtake_a_message(bot, people, receiver):
    """Presses go per user, messages per chat, side by side.

    Source: telegram-bot-api WebhookActor.cpp:410-477; Client.cpp:17158, 17279.
    """
    receiver.gate["message"] = asyncio.Event()
    await bot.ok("setWebhook", url=HOOK)
    await people.writes(VIET, "slow")
    await people.post("press", as_=VIET, chat=VIET, message=1, data="fast")
    await receiver.until(2)
    assert (await bot.ok("getWebhookInfo"))["pending_update_count"] <= 2
    assert {list(update)[1] for update in receiver.came} == {"message", "callback_query"}
    receiver.gate["message"].set()
    await receiver.empty()


async def test_held_kinds_are_overtaken_for_sure(bot, people, receiver):
    """The stand-in's own fault: a reorder across lanes, on demand."""
    await bot.ok("setWebhook", url=HOOK)
    await people.post("hold", kinds=["message"])
    await people.writes(VIET, "late")
    await people.post("press", as_=VIET, chat=VIET, message=1, data="early")
    await receiver.until(1)
    await people.post("hold", kinds=[])
    await receiver.empty()
    assert [list(update)[1] for update in receiver.came] == ["callback_query", "message"]


async def test_chats_are_served_side_by_side_up_to_max_connections(bot, people, receiver):
    """Source: Bot API, setWebhook.max_connections (1 to 100, usually 40)."""
    receiver.gate["message"] = asyncio.Event()
    await bot.ok("setWebhook", url=HOOK, max_connections=1)
    await people.writes(VIET)
    await people.writes(ARAB)
    await receiver.until(1)
    assert len(receiver.came) == 1
    await bot.ok("setWebhook", url=HOOK, max_connections=2)
    await receiver.until(2)
    receiver.gate["message"].set()
    await receiver.empty()
    assert (await bot.ok("getWebhookInfo"))["max_connections"] == 2


async def test_a_webhook_request_can_come_twice(bot, people, receiver):
    """The stand-in's own fault: a duplicate webhook."""
    await people.post("faults", method="webhook", action="duplicate")
    await bot.ok("setWebhook", url=HOOK)
    await people.writes(VIET)
    await receiver.empty()
    assert [update["update_id"] for update in receiver.came] == [receiver.came[0]["update_id"]] * 2


async def test_waiting_updates_can_be_dropped(bot, people):
    """Source: Bot API, setWebhook and deleteWebhook, drop_pending_updates."""
    await people.writes(VIET)
    await bot.ok("deleteWebhook", drop_pending_updates=True)
    assert (await people.get("queue"))["pending"] == []


async def test_a_method_in_the_answer_is_remembered_as_not_written(bot, people, receiver):
    """Telegram would carry it out; the stand-in must not let it pass unseen."""
    receiver.answers = [Response('{"method": "sendMessage"}', media_type="application/json")]
    await bot.ok("setWebhook", url=HOOK)
    await people.writes(VIET)
    await receiver.empty()
    assert (await people.get("complaints"))[0]["method"] == "webhook"
