"""The long poll: nothing is confirmed before it is stored, and nothing ends it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.gateway.fetch import FetchLoop
from bot.messages import Act, Alarm, Button, Say
from tests.support.ports import MemoryInbox
from tests.support.rows import to_person, to_topic
from tests.support.standin import ADA, GROUP, PERSON, StandIn
from tests.support.virtual import VirtualTime, eventually


class Fetching:
    """A fetch loop over the stand-in, a memory inbox and virtual time."""

    def __init__(self, telegram: StandIn) -> None:
        self.telegram = telegram
        self.inbox = MemoryInbox()
        self.time = VirtualTime()
        self.woken = 0
        self.loop = FetchLoop(
            telegram.api, self.inbox, self.wake, self.time.clock, poll_seconds=0, wait=self.time.wait
        )

    def wake(self) -> None:
        self.woken += 1

    def says(self, *texts: str, person: int = PERSON) -> None:
        for text in texts:
            self.telegram.does("send", **{"as": person, "text": text})

    def stored(self) -> list[str]:
        bodies = [json.loads(row.body) for row in self.inbox.rows.values()]
        return [body["message"]["text"] for body in bodies if "message" in body]

    def pending(self) -> int:
        return len(self.telegram.world.queue.pending())


@pytest.fixture
def fetching(telegram: StandIn) -> Fetching:
    return Fetching(telegram)


async def test_what_is_polled_is_stored_then_confirmed_by_the_next_poll(fetching: Fetching) -> None:
    fetching.says("one", "two")
    assert await fetching.loop.once() == 2
    assert fetching.stored() == ["one", "two"]
    assert (fetching.pending(), fetching.woken) == (2, 1)
    await fetching.loop.once()
    assert fetching.pending() == 0


@pytest.mark.threat("T32")
async def test_what_could_not_be_stored_is_not_confirmed_and_comes_again(fetching: Fetching) -> None:
    fetching.says("one")
    fetching.inbox.broken = True
    assert await fetching.loop.once() == 0
    assert await fetching.loop.once() == 0
    assert (fetching.pending(), fetching.woken) == (1, 0)
    fetching.inbox.broken = False
    await fetching.loop.once()
    assert fetching.stored() == ["one"]
    assert fetching.time.waits == [1.0, 2.0]


@pytest.mark.threat("T32")
async def test_dying_between_commit_and_confirmation_stores_nothing_twice(fetching: Fetching) -> None:
    """The next process begins at offset 0 and gets it again; the number makes it one row."""
    fetching.says("one")
    await fetching.loop.once()
    reborn = Fetching(fetching.telegram)
    reborn.inbox = fetching.inbox
    reborn.loop = FetchLoop(
        fetching.telegram.api, reborn.inbox, reborn.wake, reborn.time.clock, poll_seconds=0
    )
    await reborn.loop.once()
    await reborn.loop.once()
    assert fetching.stored() == ["one"]
    assert fetching.pending() == 0


async def test_after_a_quiet_week_lower_numbers_are_taken(fetching: Fetching) -> None:
    fetching.says("before")
    await fetching.loop.once()
    await fetching.loop.once()
    fetching.telegram.does("gap")
    fetching.says("after")
    await fetching.loop.once()
    await fetching.loop.once()
    assert fetching.stored() == ["before", "after"]
    assert fetching.pending() == 0


@pytest.mark.threat("T15")
async def test_an_update_that_is_no_json_stops_nobody(fetching: Fetching) -> None:
    fetching.says("before")
    number = fetching.telegram.world.queue.next_id
    broken = f'{{"update_id": {number}, "message": {{"text": bro'
    fetching.telegram.does("update", raw=broken, verbatim=True)
    fetching.says("after")
    assert await fetching.loop.once() == 3
    await fetching.loop.once()
    assert fetching.pending() == 0
    bodies = [json.loads(row.body) for row in fetching.inbox.rows.values()]
    assert [list(body)[-1] for body in bodies] == ["message", "unreadable", "message"]


async def test_a_press_in_private_is_answered_at_once_and_one_in_a_topic_is_not(fetching: Fetching) -> None:
    telegram, thread = fetching.telegram, fetching.telegram.topic()
    buttons = (Button("x", Act("claim")),)
    in_private = await telegram.api.send(to_person(Say("?", buttons)))
    in_topic = await telegram.api.send(to_topic(Say("?", buttons), thread))
    mine = telegram.does(
        "press", **{"as": PERSON, "chat": PERSON, "message": in_private.message, "data": "h"}
    )
    telegram.does("press", **{"as": ADA, "chat": GROUP, "message": in_topic.message, "data": "h"})
    await fetching.loop.once()
    await eventually(lambda: bool(telegram.calls("answerCallbackQuery")))
    assert [call["callback_query_id"] for call in telegram.calls("answerCallbackQuery")] == [mine["query"]]


@pytest.mark.parametrize("action", ["401", "404", "409", "500", "502", "429", "broken_json", "reset_before"])
async def test_no_fault_of_telegrams_ends_it(fetching: Fetching, action: str) -> None:
    """The library's own poller ends silently at one 401 or 404."""
    fetching.telegram.faulty("getUpdates", action, times=3)
    fetching.says("one")
    running = asyncio.create_task(fetching.loop.run())
    await eventually(lambda: fetching.stored() == ["one"])
    fetching.loop.stop()
    await running
    assert len(fetching.time.waits) >= 3


@pytest.mark.parametrize(
    ("action", "alarm"),
    [("401", "telegram refuses the token"), ("409", "another copy asks for updates")],
)
async def test_what_an_operator_must_mend_raises_an_alarm(
    fetching: Fetching, action: str, alarm: str
) -> None:
    fetching.telegram.faulty("getUpdates", action)
    await fetching.loop.once()
    assert Alarm(alarm) in fetching.inbox.alarms


async def test_a_minute_without_telegram_is_not_ready_and_raises_an_alarm(fetching: Fetching) -> None:
    assert not fetching.loop.ready()
    await fetching.loop.once()
    assert fetching.loop.ready()
    fetching.telegram.faulty("getUpdates", "500", times=20)
    while fetching.time.seconds < 61:
        await fetching.loop.once()
    await fetching.loop.once()
    assert not fetching.loop.ready()
    assert Alarm("telegram cannot be reached") in fetching.inbox.alarms


async def test_a_wait_that_telegram_asks_for_is_kept(fetching: Fetching) -> None:
    fetching.telegram.faulty("getUpdates", "429", retry_after=17)
    await fetching.loop.once()
    assert fetching.time.waits == [17.0]


async def test_a_webhook_left_set_is_taken_away(fetching: Fetching) -> None:
    await fetching.telegram.api.set_webhook("http://127.0.0.1:9/hook", "secret")
    fetching.says("one")
    running = asyncio.create_task(fetching.loop.run())
    await eventually(lambda: fetching.stored() == ["one"])
    fetching.loop.stop()
    await running
    assert await fetching.telegram.api.webhook_url() == ""


async def test_every_kind_of_update_is_asked_for_by_name(fetching: Fetching) -> None:
    await fetching.loop.once()
    (call,) = fetching.telegram.calls("getUpdates")
    assert set(call["allowed_updates"]) == {
        "message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction",
    }  # fmt: skip
    assert call["offset"] == 0


async def test_stopping_ends_a_long_poll_at_once(telegram: StandIn) -> None:
    inbox, time = MemoryInbox(), VirtualTime()
    loop = FetchLoop(telegram.api, inbox, lambda: None, time.clock, poll_seconds=25)
    running = asyncio.create_task(loop.run())
    await eventually(lambda: bool(telegram.calls("getWebhookInfo")))
    loop.stop()
    async with asyncio.timeout(10):
        await running


async def test_being_cancelled_is_not_swallowed(telegram: StandIn) -> None:
    loop = FetchLoop(telegram.api, MemoryInbox(), lambda: None, VirtualTime().clock, poll_seconds=25)
    running: asyncio.Task[Any] = asyncio.create_task(loop.run())
    await eventually(lambda: bool(telegram.calls("getWebhookInfo")))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
