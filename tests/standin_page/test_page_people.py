"""Several people at once, languages of both directions, and words that try to be markup."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

GROUP = -1001000000001
ARABIC = "أنا في بيت ولا يسمحون لي بالخروج. رقمي 0800 0121 700"
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_each_person_has_a_phone_of_their_own(standin, phones):
    """Words of one person are never on another's phone; what waits elsewhere shows as a count."""
    await phones.write("from the first")
    await phones.hold(3002)
    await expect(phones.by("person-message")).to_have_count(0)
    await phones.write("from the second")
    assert [(await standin.fetch("message"))["from"]["id"] for _ in range(2)] == [3001, 3002]

    await standin.say(3001, "for the first alone")
    await expect(phones.by("person-tab", user=3001)).to_contain_text("1")
    await expect(phones.by("person-log")).not_to_contain_text("for the first alone")
    await phones.hold(3001)
    await expect(phones.by("person-text")).to_have_text(["from the first", "for the first alone"])


async def test_a_person_is_added(standin, phones):
    """A new young person gets a tab and the phone's language travels with their words."""
    await phones.by("person-add").click()
    await phones.by("person-name").fill("Selam")
    await phones.by("person-language").fill("ti")
    await phones.by("person-add-save").click()
    await expect(phones.by("person-tab").filter(has_text="Selam")).to_have_attribute("aria-selected", "true")
    await phones.write("ሰላም")
    sender = (await standin.fetch("message"))["from"]
    assert (sender["first_name"], sender["language_code"]) == ("Selam", "ti")


async def test_right_to_left_words_start_at_the_right(standin, phones):
    """Arabic is laid out from the right in messages, buttons and the writing place, English from the left."""
    await phones.hold(3002)
    await phones.by("person-input").fill(ARABIC)
    written = phones.by("person-input")
    assert await written.evaluate("node => node.matches(':dir(rtl)')")
    await written.press("Enter")
    await standin.say(3002, "شكرًا لك", [("أنا في خطر", "danger")])
    await standin.say(3002, "Thank you")

    texts = phones.by("person-text")
    await expect(texts).to_have_count(3)
    sides = "nodes => nodes.map(node => [node.matches(':dir(rtl)'), getComputedStyle(node).textAlign])"
    assert await texts.evaluate_all(sides) == [[True, "start"], [True, "start"], [False, "start"]]
    assert await phones.by("person-button").evaluate("node => node.matches(':dir(rtl)')")


async def test_a_line_of_each_direction_in_one_message(standin, phones):
    """In a message with the original and its translation each paragraph begins at its own side."""
    thread = await standin.topic("Heron 417")
    await standin.say(GROUP, f"I am in a house.\n{ARABIC}", message_thread_id=thread)
    await phones.by("advocate-topic", thread=thread).click()
    gaps = await phones.by("topic-text").evaluate("""node => {
        const range = document.createRange();
        const text = node.firstChild;
        const box = node.getBoundingClientRect();
        const cut = text.data.indexOf("\\n");
        return [[0, cut], [cut + 1, text.data.length]].map(([from, to]) => {
            range.setStart(text, from);
            range.setEnd(text, to);
            const line = range.getClientRects()[0];
            return [Math.round(line.left - box.left), Math.round(box.right - line.right)];
        });
    }""")
    assert gaps[0][0] <= 1, "English begins at the left edge"
    assert gaps[1][1] <= 1, "Arabic begins at the right edge"


@pytest.mark.parametrize(
    "words", ["<img src=x onerror=document.title='broken'>", "</p><script>1</script>", "&lt;b&gt;"]
)
async def test_words_are_never_markup(standin, phones, words):
    """Whatever is written is shown letter by letter, in messages, names, buttons, topics and alerts."""
    await phones.write(words)
    await standin.say(3001, words, [(words, "x")])
    thread = await standin.topic(words)
    await standin.post("people", first_name=words, language_code="en")
    await expect(phones.by("person-text")).to_have_text([words, words])
    await expect(phones.by("person-button")).to_have_text(words)
    await expect(phones.by("advocate-topic", thread=thread)).to_contain_text(words)
    await expect(phones.by("person-tab").last).to_contain_text(words)
    await phones.by("person-button").click()
    query = await standin.fetch("callback_query")
    await standin.bot("answerCallbackQuery", callback_query_id=query["id"], text=words)
    await expect(phones.by("toast")).to_have_text(words)
    assert await phones.page.locator("main img, main script").count() == 0
    assert "broken" not in await phones.page.title()


async def test_formatted_words_keep_their_formatting(standin, phones):
    """Entities become elements, counted in UTF-16 units; a link is shown and not followed."""
    entities = [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "text_link", "offset": 8, "length": 4, "url": "https://example.org/"},
    ]
    await standin.post("send", **{"as": 3001, "text": "hello"})
    await standin.say(3001, "😀 bold link", entities=entities)
    text = phones.by("person-text").last
    await expect(text.locator("strong")).to_have_text("bold")
    await expect(text.locator(".link")).to_have_text("link")
    assert await text.locator("a").count() == 0


async def test_a_long_word_stays_inside_the_phone(standin, phones):
    """Long words break, and nothing widens the phone."""
    await phones.write("a" * 300)
    await expect(phones.by("person-text")).to_have_count(1)
    log = phones.by("person-log")
    assert await log.evaluate("node => node.scrollWidth <= node.clientWidth")
    await standin.say(3001, "line\n" * 60)
    at_end = "node => node.scrollHeight - node.scrollTop - node.clientHeight < 2"
    await expect(phones.by("person-message")).to_have_count(2)
    assert await log.evaluate(at_end)


async def test_what_was_read_in_another_world_does_not_hide_new_words(standin, phones):
    """After the stand-in began anew so do its message ids; words under low ids count as unread."""
    for number in range(5):
        await standin.post("send", **{"as": 3001, "text": f"hello {number}"})
    await expect(phones.by("person-text")).to_have_count(5)
    await standin.post("reset")
    await expect(phones.by("person-text")).to_have_count(0)
    await phones.hold(3002)
    await standin.post("send", **{"as": 3001, "text": "hello again"})
    await standin.say(3001, "one")
    await expect(phones.by("person-tab", user=3001).locator(".badge")).to_have_text("1")
