"""The page by keyboard alone, and what it tells a screen reader."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

GROUP = -1001000000001
FOCUSED = "() => document.activeElement.dataset.testid || document.activeElement.id"
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def tab_to(page, testid: str, key: str = "Tab", most: int = 60) -> None:
    """Press Tab until a thing has the focus."""
    seen = []
    for _ in range(most):
        await page.keyboard.press(key)
        seen.append(await page.evaluate(FOCUSED))
        if seen[-1] == testid:
            return
    raise AssertionError(f"{testid} is not reached by {key}: {seen}")


async def test_a_conversation_without_a_mouse(standin, phones):
    """Start, read, press a button, choose another person and answer: all by keys."""
    page = phones.page
    await tab_to(page, "person-start")
    await page.keyboard.press("Enter")
    assert (await standin.fetch("message"))["text"] == "/start"
    await standin.say(3001, "Are you safe?", [("Yes", "yes"), ("No", "no")])
    await expect(phones.by("person-button")).to_have_count(2)

    await phones.by("person-input").focus()
    await tab_to(page, "person-button", "Shift+Tab", 6)
    await page.keyboard.press("Enter")
    assert (await standin.fetch("callback_query"))["data"] == "no"

    await tab_to(page, "person-input", most=6)
    await page.keyboard.type("Tôi ở đây")
    await page.keyboard.press("Enter")
    assert (await standin.fetch("message"))["text"] == "Tôi ở đây"
    assert await page.evaluate(FOCUSED) == "person-input"

    await phones.by("person-tab", user=3001).focus()
    await page.keyboard.press("ArrowRight")
    await expect(phones.by("person-tab", user=3002)).to_be_focused()
    await expect(phones.by("person-tab", user=3002)).to_have_attribute("aria-selected", "true")


async def test_arrow_keys_walk_messages_and_open_their_actions(standin, phones):
    """The log is one stop of Tab; arrows walk it, Enter opens the actions, Escape comes back."""
    for words in ("first", "second", "third"):
        await phones.write(words)
        await expect(phones.by("person-text").last).to_have_text(words)
    page, messages = phones.page, phones.by("person-message")
    await phones.by("person-input").focus()
    await tab_to(page, "person-message", "Shift+Tab", 4)
    await expect(messages.nth(2)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(messages.nth(1)).to_be_focused()
    await page.keyboard.press("Home")
    await expect(messages.nth(0)).to_be_focused()

    await page.keyboard.press("Enter")
    await expect(phones.by("action-reply")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(phones.by("action-edit")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(messages.nth(0)).to_be_focused()


async def test_an_advocate_works_without_a_mouse(standin, phones):
    """Walk the topics by arrows, open one, write, go back to the same line."""
    first, second = await standin.topic("First"), await standin.topic("Second")
    await expect(phones.by("advocate-topic", thread=second)).to_be_visible()
    page = phones.page
    await phones.by("members-open").focus()
    await tab_to(page, "advocate-topic", most=3)
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(phones.by("advocate-topic", thread=first)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(phones.by("topic-title")).to_have_text("First")
    await tab_to(page, "topic-input", most=60)
    await page.keyboard.type("noted")
    await page.keyboard.press("Enter")
    assert (await standin.fetch("message"))["message_thread_id"] == first
    await tab_to(page, "advocate-back", "Shift+Tab", 10)
    await page.keyboard.press("Enter")
    await expect(phones.by("advocate-topic", thread=first)).to_be_focused()


async def test_a_sheet_keeps_the_keyboard_and_gives_it_back(standin, phones):
    """While a sheet is open, Tab cannot reach the phone under it; Escape returns to what opened it."""
    page = phones.page
    await phones.by("person-attach").focus()
    await page.keyboard.press("Enter")
    await expect(phones.by("attach-location")).to_be_focused()
    assert await page.evaluate("() => document.querySelector('#person-phone .screen').inert")
    await page.keyboard.press("Escape")
    await expect(phones.by("person-attach")).to_be_focused()
    assert not await page.evaluate("() => document.querySelector('#person-phone .screen').inert")


async def test_new_words_are_read_aloud_once(standin, phones):
    """A message of the other side goes to the live region; own words and old ones do not."""
    await phones.write("hello")
    await standin.say(3001, "I hear you")
    await expect(phones.by("announcer")).to_contain_text("Harbour: I hear you")
    await phones.write("thanks")
    await expect(phones.by("person-message")).to_have_count(3)
    assert await phones.by("announcer").inner_text() == "Harbour: I hear you"


async def test_focus_stays_when_the_world_changes(standin, phones):
    """A button that is focused while its message changes keeps the focus; so does half-written text."""
    await phones.write("hello")
    message = await standin.say(3001, "Choose", [("One", "1"), ("Two", "2")])
    await phones.by("person-button", data="2").focus()
    keyboard = {
        "inline_keyboard": [[{"text": "One", "callback_data": "1"}, {"text": "Two ✓", "callback_data": "2"}]]
    }
    await standin.bot(
        "editMessageText", chat_id=3001, message_id=message, text="Chosen", reply_markup=keyboard
    )
    await expect(phones.by("person-button", data="2")).to_have_text("Two ✓")
    await expect(phones.by("person-button", data="2")).to_be_focused()

    await phones.by("person-input").fill("half written")
    await standin.say(3001, "One more thing")
    await expect(phones.by("person-text").last).to_have_text("One more thing")
    await expect(phones.by("person-input")).to_have_value("half written")
    await expect(phones.by("person-input")).to_be_focused()


async def test_everything_that_acts_has_a_name(standin, phones):
    """Every button, field and list has a name for a screen reader, and ids are unique."""
    thread = await standin.topic("Heron 417")
    await phones.write("hello")
    await phones.by("advocate-topic", thread=thread).click()
    nameless = await phones.page.evaluate("""() => {
        const words = (node) => node?.innerText?.trim();
        const named = (node) => node.matches("[aria-labelledby]") || node.getAttribute("aria-label")
            || words(node) || words(node.labels?.[0]) || node.placeholder;
        const acting = "button, input, select, textarea, [role=tablist], section, aside";
        return [...document.querySelectorAll(acting)]
            .filter((node) => node.checkVisibility() && !node.matches(".block") && !named(node))
            .map((node) => node.outerHTML.slice(0, 120));
    }""")
    assert nameless == []
    ids = await phones.page.locator("[id]").evaluate_all("nodes => nodes.map((node) => node.id)")
    assert len(ids) == len(set(ids))
