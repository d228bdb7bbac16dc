"""HTML and MarkdownV2, parsed only so that a bot which uses them meets Telegram's complaints."""

import pytest

VIET = 3001
LINK = [{"type": "text_link", "offset": 0, "length": 1, "url": "https://a.org/"}]
PYTHON = [{"type": "pre", "offset": 0, "length": 1, "language": "py"}]
TWO = [{"type": "bold", "offset": 0, "length": 1}, {"type": "underline", "offset": 2, "length": 1}]
QUOTE = [{"type": "blockquote", "offset": 0, "length": 12}]


@pytest.fixture(autouse=True)
async def started(people):
    await people.starts(VIET)


@pytest.mark.parametrize(
    ("mode", "source", "text", "entities"),
    [
        ("HTML", "<b>a</b> &lt;x&gt;", "a <x>", [{"type": "bold", "offset": 0, "length": 1}]),
        ("HTML", "😀<i>a</i>", "😀a", [{"type": "italic", "offset": 2, "length": 1}]),
        ("HTML", '<a href="https://a.org/">a</a>', "a", LINK),
        ("HTML", '<pre><code class="language-py">x</code></pre>', "x", PYTHON),
        ("MarkdownV2", "*a* __b__", "a b", TWO),
        ("MarkdownV2", "a\\.b", "a.b", []),
        ("MarkdownV2", "[a](https://a.org/)", "a", LINK),
        ("MarkdownV2", "`x.y`", "x.y", [{"type": "code", "offset": 0, "length": 3}]),
        ("MarkdownV2", ">quoted\n>twice\nplain", "quoted\ntwice\nplain", QUOTE),
    ],
)  # fmt: skip
async def test_markup_becomes_entities(bot, mode, source, text, entities):
    """Source: Bot API, "Formatting options"."""
    told = await bot.says(VIET, source, parse_mode=mode)
    assert told["text"] == text
    assert told.get("entities", []) == entities


@pytest.mark.parametrize(
    ("mode", "source", "words"),
    [
        ("HTML", "é<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("HTML", "<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("HTML", "<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("HTML", "x</b>", "Unexpected end tag at byte offset 1"),
        ("HTML", "1 <b", "Unclosed start tag at byte offset 2"),
        ("MarkdownV2", "Hello.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "é *x", "Can't find end of Bold entity at byte offset 3"),
        ("MarkdownV2", "(x)", "Character '(' is reserved and must be escaped with the preceding '\\'"),
    ],
)
async def test_broken_markup_is_refused_with_the_byte(bot, mode, source, words):
    """Source: tdlib SynchronousRequests.cpp:180, MessageEntity.cpp:2168, 3347-3481."""
    refused = await bot.refused("sendMessage", chat_id=VIET, text=source, parse_mode=mode)
    assert refused == f"400 Bad Request: can't parse entities: {words}"


async def test_using_a_parse_mode_at_all_is_a_complaint(bot, people):
    """A person's < or _ could break or format the message, so explicit entities are the only way."""
    await bot.says(VIET, "x", parse_mode="HTML")
    assert "parse_mode" in (await people.get("complaints"))[0]["complaint"]
    assert await bot.refused("sendMessage", chat_id=VIET, text="x", parse_mode="TeX") == (
        "400 Bad Request: unsupported parse_mode"
    )
