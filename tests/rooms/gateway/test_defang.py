"""Nothing a person writes can be tapped in the advocates' group, and it still reads the same."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.gateway.defang import JOINER, defang
from bot.gateway.rendering import split
from tests.support.rows import to_topic
from tests.support.standin import StandIn

TAPPABLE = re.compile(
    r"""
      (?<![\w])@[a-z0-9_]                 # a mention
    | /[a-z0-9_]                          # a command, or the path of an address
    | [#$]\w                              # a tag
    | ://                                 # a scheme
    | [^\s.\u2060]\.[^\W\d_]              # a name with a top-level domain
    | (?<![\d.])\d{1,3}(\.\d{1,3}){3}(?![\d.])   # an address of four numbers
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What Telegram would make tappable, stated apart from how it is taken away; wider than Telegram's own."""

PIECES = [
    "@", "#", "$", "/", "//", ":", "://", ".", "..", "http", "https://", "tg://", "t.me/", "www.", "evil",
    ".com", ".рф", "a@b.co", "10.0.0.1", "3.5", "12:30", " ", "\n", "_", "-", "ا", "ب", "é", "%20", "?q=1",
    "/start", "@ada_1", "#help", "$USD", "＠x", "＃x", "。cn", JOINER, "\u200d", "x.y.z", "999", "1.2.3",
]  # fmt: skip


def check(text: str) -> None:
    safe = defang(text)
    assert TAPPABLE.search(safe) is None, ascii(text)
    assert safe.replace(JOINER, "") == text.replace(JOINER, "")


@pytest.mark.threat("T10")
def test_ten_thousand_hostile_strings_hold_nothing_to_tap_and_read_the_same() -> None:
    chance = random.Random(20260304)
    for _ in range(10_000):
        check("".join(chance.choices(PIECES, k=chance.randint(1, 12))))


@pytest.mark.threat("T10")
@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.text(max_size=60)))
@example("https://evil.example/path?x=@y#z")
@example("@everyone /ban #urgent $BTC")
def test_no_string_holds_anything_to_tap(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "Call 999 or 112.",
        "It is 12.30 now. 3.5 hours",
        "Tôi sợ... giúp tôi!",
        "أنا خائف.",
        "Mr. A said: no",
        "",
    ],
)
def test_plain_words_are_left_as_they_are(text: str) -> None:
    assert defang(text) == text


@pytest.mark.threat("T16")
def test_a_long_run_of_dots_and_numbers_costs_little() -> None:
    """Each dot looks at a few letters around it only."""
    text = "1." * 20_000
    assert defang(text).replace(JOINER, "") == text


@pytest.mark.threat("T10")
async def test_on_the_wire_the_group_gets_no_entity(telegram: StandIn) -> None:
    thread = telegram.topic()
    text = "👤 see https://evil.example @ada /start #now"
    await telegram.api.send(to_topic(text, thread))
    (call,) = telegram.calls("sendMessage")
    assert call["text"].replace(JOINER, "") == text
    assert TAPPABLE.search(call["text"]) is None
    assert "parse_mode" not in call


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab \n", min_size=1, max_size=9), st.integers(1, 3000))
def test_splitting_loses_nothing_but_line_ends(seed: str, times: int) -> None:
    text = seed * times
    pieces = split(text)
    assert all(len(piece) <= 4096 for piece in pieces)
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")
