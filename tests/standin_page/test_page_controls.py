"""The controls: queue, clock, limits, faults, odd updates, reset, and the connection itself."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest
from playwright.async_api import expect

GROUP = -1001000000001
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_planned_fault_is_met_by_the_bot(standin, phones):
    """A fault that is added strikes the next call, is listed until then, and can be cleared."""
    await phones.write("hello")
    await phones.by("fault-method").select_option("sendMessage")
    await phones.by("fault-action").select_option("429")
    await phones.by("fault-wait").fill("7")
    await phones.by("fault-add").click()
    await expect(phones.by("fault", method="sendMessage")).to_have_count(1)
    with pytest.raises(AssertionError, match="'retry_after': 7"):
        await standin.say(3001, "too early")
    await expect(phones.by("fault")).to_have_count(0)
    await standin.say(3001, "in time")
    await expect(phones.by("person-text").last).to_have_text("in time")

    await phones.by("fault-action").select_option("500")
    await expect(phones.by("fault-wait")).to_be_hidden()
    await phones.by("fault-add").click()
    await expect(phones.by("fault")).to_have_count(1)
    await phones.by("faults-clear").click()
    await expect(phones.by("fault")).to_have_count(0)


async def test_a_lost_reply_is_done_all_the_same(standin, phones):
    """Done, but the reply is lost: the person sees the message, the bot sees a broken call."""
    await phones.write("hello")
    await phones.by("fault-method").select_option("sendMessage")
    await phones.by("fault-action").select_option("lost_reply")
    await phones.by("fault-add").click()
    await expect(phones.by("fault")).to_have_count(1)
    with pytest.raises((httpx.TransportError, ValueError)):
        await standin.say(3001, "shown once")
    await expect(phones.by("person-text").last).to_have_text("shown once")


async def test_limits_show_the_budget_of_each_chat(standin, phones):
    """With the limits on, a chat's budget is shown once the bot writes there; off, there is none."""
    await phones.write("hello")
    await phones.by("limits-switch").click()
    await expect(phones.by("limits-switch")).to_have_attribute("aria-checked", "true")
    await standin.say(3001, "one")
    await standin.say(GROUP, "two")
    await expect(phones.by("budget", chat=3001)).to_contain_text("Phone 1")
    await expect(phones.by("budget", chat=GROUP)).to_contain_text("19 of 20")
    await phones.by("limits-switch").click()
    await expect(phones.by("budget")).to_have_count(0)


@pytest.mark.parametrize(("step", "seconds"), [("minute", 60), ("hour", 3600), ("day", 86400)])
async def test_the_clock_goes_forward(standin, phones, step, seconds):
    """What is written after a jump is that much later."""
    await phones.write("before")
    before = (await standin.fetch("message"))["date"]
    shown = datetime.strptime(await phones.by("clock-now").inner_text(), "%d %b %Y, %H:%M")
    await phones.by(f"clock-{step}").click()
    await expect(phones.by("clock-now")).not_to_have_text(shown.strftime("%-d %b %Y, %H:%M"))
    await phones.write("after")
    assert (await standin.fetch("message"))["date"] - before >= seconds


async def test_the_next_update_id_jumps(standin, phones):
    """After the jump the ids go on from somewhere else."""
    await phones.write("one")
    await expect(phones.by("queue-pending")).to_have_text("1")
    await phones.by("ids-jump").click()
    await phones.by("update-broken").click()
    await expect(phones.by("queue-pending")).to_have_text("2")
    first, second = (await standin.get("queue"))["pending"]
    assert second != first + 1


async def test_the_group_gets_a_new_id(standin, phones):
    """Migration is shown as a group that goes on under its new id."""
    await phones.by("group-migrate").click()
    await expect(phones.by("advocate-topic").first).to_contain_text("The group came from an older id")
    moved = [group["id"] for group in (await standin.get("world"))["groups"]]
    assert moved != [GROUP]
    await phones.by("advocate-topic", thread=0).click()
    await phones.write("still here", side="topic")
    await expect(phones.by("topic-text").last).to_have_text("still here")
    while (written := await standin.fetch("message")).get("text") != "still here":
        assert "migrate_from_chat_id" in written or "migrate_to_chat_id" in written
    assert written["chat"]["id"] == moved[0]


async def test_reset_asks_first_and_then_forgets(standin, phones):
    """One press asks, the second brings the world back to its start."""
    await phones.write("hello")
    await expect(phones.by("person-message")).to_have_count(1)
    await phones.by("reset").click()
    await expect(phones.by("person-message")).to_have_count(1)
    await phones.by("reset-confirm").click()
    await expect(phones.by("person-message")).to_have_count(0)
    await expect(phones.by("person-start")).to_be_visible()


async def test_a_refusal_is_told_in_words(standin, phones):
    """What the stand-in refuses is shown with its own words, and what was written is not lost."""
    await phones.write("x" * 5000)
    await expect(phones.by("page-error")).to_have_count(1)
    await expect(phones.by("person-input")).to_have_value("x" * 5000)
    phones.complaints = [one for one in phones.complaints if "400" not in one]


async def test_the_page_finds_its_way_back(standin, phones):
    """When the connection is lost the page says so, and catches up by itself once it is back."""
    await phones.page.context.set_offline(True)
    await phones.page.evaluate("() => fetch('/standin/world').catch(() => 0)")
    await standin.post("send", **{"as": 3001, "text": "meanwhile"})
    await phones.page.context.set_offline(False)
    await expect(phones.by("person-text")).to_have_text("meanwhile")
    await expect(phones.by("connection")).to_have_attribute("data-state", "live")
    phones.complaints = [one for one in phones.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


async def test_the_connection_is_lost_and_found(standin, phones):
    """A stream that breaks is said aloud and opened again."""
    await phones.page.route("**/standin/events", lambda route: route.abort())
    await phones.page.reload()
    await expect(phones.by("connection")).to_have_attribute("data-state", "lost")
    await expect(phones.by("connection")).to_contain_text("trying again")
    await phones.page.unroute("**/standin/events")
    await expect(phones.by("connection")).to_have_attribute("data-state", "live")
    phones.complaints = [one for one in phones.complaints if "ERR_FAILED" not in one]
