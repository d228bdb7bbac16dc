"""Pushes: only with the secret, never a 5xx unless nothing was stored, each update once."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.errors import UnreadableUpdate
from bot.gateway.errors import CallFailed
from bot.gateway.read import read_body
from bot.gateway.webhook import SECRET_HEADER, Webhook, announce
from bot.messages import Alarm
from bot.outbox.ports import End, Result
from tests.support.ports import MemoryInbox
from tests.support.standin import PERSON, StandIn
from tests.support.updates import BOT, message, press, topic_message, update
from tests.support.virtual import VirtualTime, eventually

SECRET = "a-secret_of-this-test"
RIGHT = {SECRET_HEADER: SECRET}
SCALARS = (
    st.none() | st.integers() | st.text(max_size=5) | st.booleans() | st.just({"id": 1, "type": "private"})
)


class Pushing:
    """A webhook over a memory inbox, and a client that pushes to it."""

    def __init__(self) -> None:
        self.inbox = MemoryInbox()
        self.answered: list[str] = []
        self.woken = 0
        self.webhook = Webhook(
            self.inbox, SECRET, self.wake, self.answer, VirtualTime().clock, most_bytes=2048
        )
        transport = httpx.ASGITransport(Starlette(routes=[self.webhook.route("/hook")]))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://bot.invalid")

    def wake(self) -> None:
        self.woken += 1

    async def answer(self, query: str) -> None:
        self.answered.append(query)

    async def push(self, body: Any, headers: dict[str, str] | None = None) -> int:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return (
            await self.client.post("/hook", content=content, headers=RIGHT if headers is None else headers)
        ).status_code


@pytest.fixture
async def pushing() -> AsyncIterator[Pushing]:
    made = Pushing()
    async with made.client:
        yield made


async def test_a_push_is_stored_before_it_is_acknowledged(pushing: Pushing) -> None:
    assert await pushing.push(update(message=message(text="x"))) == 200
    assert (len(pushing.inbox.rows), pushing.woken) == (1, 1)


@pytest.mark.threat("T15")
@pytest.mark.parametrize("secret", [None, "", "a", SECRET[:-1], SECRET + "x", "ÿ" * 40, SECRET.upper()])
async def test_without_the_secret_nothing_is_taken(pushing: Pushing, secret: str | None) -> None:
    headers = {} if secret is None else {SECRET_HEADER: secret.encode("latin-1")}
    assert await pushing.push(update(message=message(text="x")), headers) == 403  # type: ignore[arg-type]
    assert pushing.inbox.rows == {}


@pytest.mark.threat("T15")
def test_a_webhook_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError):
        Webhook(MemoryInbox(), "", lambda: None, Pushing().answer, VirtualTime().clock)


@pytest.mark.threat("T32")
async def test_what_could_not_be_stored_is_asked_for_again(pushing: Pushing) -> None:
    pushing.inbox.broken = True
    raw = update(message=message(text="x"))
    assert await pushing.push(raw) == 503
    pushing.inbox.broken = False
    assert await pushing.push(raw) == 200
    assert len(pushing.inbox.rows) == 1


@pytest.mark.threat("T15")
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_too_large_is_not_read_and_not_pushed_again(pushing: Pushing, declared: bool) -> None:
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"x" * 1024

    headers = {**RIGHT, **({"content-length": "1024000"} if declared else {})}
    response = await pushing.client.post("/hook", content=pieces(), headers=headers)
    assert response.status_code == 200
    assert pushing.inbox.alarms == [Alarm("webhook body too large")]
    assert pushing.inbox.rows == {}


@pytest.mark.threat("T15")
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=100).map(str.encode),
        st.dictionaries(
            st.sampled_from(["update_id", "message", "callback_query", "chat_member"]),
            SCALARS | st.dictionaries(st.sampled_from(["chat", "id", "from"]), SCALARS, max_size=3),
            max_size=3,
        ).map(lambda value: json.dumps(value).encode()),
        st.sampled_from([b"[" * 1500, b'{"update_id":' + b"9" * 1000 + b"}", b"\x00", b"{}", b"null"]),
    )
)  # fmt: skip
async def test_no_body_crashes_it_or_is_pushed_for_ever(body: bytes) -> None:
    """What is stored of such a body is set aside by the inbox or read; no answer is a 5xx."""
    made = Pushing()
    async with made.client:
        assert await made.push(body) == 200
        assert await made.push(body) == 200
    assert len(made.inbox.rows) == (1 if body else 0)
    for row in made.inbox.rows.values():
        assert row.body == body
        try:
            read_body(row.body, BOT)
        except UnreadableUpdate:
            continue


@pytest.mark.threat("T15")
async def test_repeats_in_any_order_end_as_one_row_each(pushing: Pushing) -> None:
    raws = [update(message=message(text=f"{number}")) for number in range(40)]
    raws += [update(message=topic_message(number % 3, text="t")) for number in range(40)]
    chance = random.Random(7)
    pushes = [raw for raw in raws for _ in range(chance.randint(1, 5))]
    chance.shuffle(pushes)
    assert {await pushing.push(raw) for raw in pushes} == {200}
    stored = {json.loads(row.body)["update_id"] for row in pushing.inbox.rows.values()}
    assert len(pushing.inbox.rows) == len(stored) == len(raws)


async def test_a_press_in_private_is_answered_once_stored(pushing: Pushing) -> None:
    await pushing.push(press())
    await pushing.push(press(message=topic_message(7, BOT, text="card")))
    await pushing.webhook.finish()
    assert pushing.answered == ["77"]


async def test_another_method_is_not_served(pushing: Pushing) -> None:
    assert (await pushing.client.get("/hook", headers=RIGHT)).status_code == 405


async def test_telegram_pushes_through_it_from_end_to_end(telegram_over_http: StandIn) -> None:
    """The stand-in pushes over HTTP to this webhook, served on a port of its own."""
    from bot.standin.serve import serve

    made = Pushing()
    async with serve(Starlette(routes=[made.webhook.route("/hook")])) as address, made.client:
        await announce(telegram_over_http.api, f"{address}/hook", SECRET, asyncio.Event())
        telegram_over_http.does("send", **{"as": PERSON, "text": "hello"})
        await eventually(lambda: len(made.inbox.rows) == 1)
        await eventually(lambda: not telegram_over_http.world.queue.pending())


async def test_announcing_goes_on_until_telegram_takes_it() -> None:
    class Deaf:
        asked = 0

        async def set_webhook(self, url: str, secret: str) -> None:
            self.asked += 1
            if self.asked < 4:
                raise CallFailed("setWebhook", Result(End.UNCERTAIN))

    deaf, time = Deaf(), VirtualTime()
    await announce(deaf, "https://x", SECRET, asyncio.Event(), wait=time.wait)
    assert (deaf.asked, time.waits) == (4, [1.0, 2.0, 4.0])
