"""A phone-sized screen, contrast, and fewer movements for those who ask for it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

CONTRAST = """() => {
    const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const light = (colour) => colour.map((v) => linear(v / 255))
        .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const paint = (colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const ground = getComputedStyle(document.documentElement).getPropertyValue("--ground-2");
    const faint = [];
    for (const node of document.querySelectorAll("body *")) {
        const words = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
        const apart = node.closest(".quiet, .skip, .blob, option");
        const seen = node.checkVisibility({ opacityProperty: true }) && !apart;
        if (!words || !seen) continue;
        const layers = [];
        for (let up = node; up; up = up.parentElement) layers.unshift(getComputedStyle(up).backgroundColor);
        const style = getComputedStyle(node);
        const [a, b] = [light(paint([ground, ...layers, style.color])), light(paint([ground, ...layers]))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${node.className} ${node.textContent.slice(0, 30)}`);
    }
    return faint;
}"""
GROUP = -1001000000001
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_one_part_at_a_time_on_a_small_screen(standin, open_page):
    """At 360 x 740 one phone is shown, the switch shows the other, and a dot says what is new."""
    phones = await open_page(360, 740, has_touch=True, is_mobile=True)
    await expect(phones.by("person-phone")).to_be_visible()
    await expect(phones.by("advocate-phone")).to_be_hidden()
    await expect(phones.by("controls")).to_be_hidden()
    await expect(phones.by("notice")).to_be_visible()
    await phones.write("xin chào")
    await expect(phones.by("person-text")).to_have_text("xin chào")

    thread = await standin.topic("Heron 417")
    await standin.say(GROUP, "New case", message_thread_id=thread)
    await expect(phones.by("switch-advocate").locator(".dot")).to_be_visible()
    await phones.by("switch-advocate").tap()
    await expect(phones.by("person-phone")).to_be_hidden()
    await phones.by("advocate-topic", thread=thread).tap()
    await expect(phones.by("topic-text")).to_have_text("New case")
    await expect(phones.by("switch-advocate").locator(".dot")).to_be_hidden()
    await phones.by("switch-controls").tap()
    await expect(phones.by("reset")).to_be_visible()


async def test_the_switch_goes_by_arrow_keys(standin, open_page):
    """The switch is a tab list: arrows move, the shown part follows."""
    phones = await open_page(360, 740)
    await phones.by("switch-person").focus()
    await phones.page.keyboard.press("ArrowRight")
    await expect(phones.by("advocate-phone")).to_be_visible()
    await expect(phones.by("switch-advocate")).to_be_focused()


async def test_unread_counts_wait_for_a_phone_that_is_looked_at(standin, open_page):
    """On a small screen, words on the phone that is not shown stay unread until it is."""
    phones = await open_page(360, 740)
    await phones.by("switch-advocate").click()
    await phones.by("advocate-private-view").click()
    await phones.by("switch-person").click()
    await standin.post("send", **{"as": 2001, "text": "/start"})
    await standin.say(2001, "You are on the roster")
    await expect(phones.by("switch-advocate").locator(".dot")).to_be_visible()
    await phones.by("switch-advocate").click()
    await expect(phones.by("advocate-text").last).to_have_text("You are on the roster")
    await phones.by("switch-person").click()
    await expect(phones.by("switch-advocate").locator(".dot")).to_be_hidden()


@pytest.mark.parametrize(
    ("width", "height"), [(320, 568), (360, 740), (820, 1180), (1280, 800), (1920, 1080)]
)
async def test_nothing_is_wider_than_the_screen(standin, open_page, width, height):
    """At every usual size the page fits its width, and a phone its screen's height."""
    await standin.post("send", **{"as": 3001, "text": "Tôi không biết tôi đang ở đâu. " * 8})
    phones = await open_page(width, height)
    wide = "() => document.documentElement.scrollWidth - innerWidth"
    assert await phones.page.evaluate(wide) <= 0
    box = await phones.by("person-phone").bounding_box()
    assert box["y"] + box["height"] <= height
    send = await phones.by("person-send").bounding_box()
    assert send["x"] + send["width"] <= box["x"] + box["width"]
    if width < 761:
        for part in ("switch-advocate", "switch-controls"):
            await phones.by(part).click()
            assert await phones.page.evaluate(wide) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(standin, open_page, scheme):
    """All text has a contrast of 4.5 to 1 or more, by day and by night."""
    await standin.post("send", **{"as": 3001, "text": "hello"})
    await standin.say(3001, "Are you safe?", [("Yes", "yes")])
    thread = await standin.topic("Heron 417")
    await standin.say(GROUP, "New case", [("Take it", "take")], message_thread_id=thread)
    await standin.post("send", **{"as": 2001, "chat": GROUP, "thread": thread, "text": "mine"})
    await standin.post("faults", method="sendMessage", action="429", retry_after=5)
    phones = await open_page(color_scheme=scheme)
    assert await phones.page.evaluate(CONTRAST) == []
    await phones.by("advocate-topic", thread=thread).click()
    await phones.by("person-attach").click()
    await phones.by("sheet").evaluate("node => Promise.all(node.getAnimations().map((one) => one.finished))")
    assert await phones.page.evaluate(CONTRAST) == []


async def test_nothing_moves_for_those_who_ask_for_it(standin, open_page):
    """With reduced motion asked for, the typing sign and sheets do not move."""
    phones = await open_page(reduced_motion="reduce")
    await phones.by("person-attach").click()
    running = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
    assert await phones.page.evaluate(running) == 0
