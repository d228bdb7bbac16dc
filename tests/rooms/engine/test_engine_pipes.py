"""Frames, and our values on them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import pipes, wire
from bot.messages import Act, Answer, Button, Effect, Language, Reply, Tongue, Turn, Understanding

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def received(*chunks: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    for chunk in chunks:
        reader.feed_data(chunk)
    reader.feed_eof()
    return reader


@given(st.dictionaries(st.text(), JSON, max_size=4), st.integers(0, 40))
def test_a_frame_arrives_as_it_was_sent_however_it_is_cut(message: dict[str, Any], cut: int) -> None:
    async def go() -> None:
        frame = pipes.encode(message)
        reader = received(frame[:cut], frame[cut:], pipes.encode({"next": 1}))
        assert await pipes.read(reader) == message
        assert await pipes.read(reader) == {"next": 1}
        assert await pipes.read(reader) is None

    asyncio.run(go())


async def test_a_lone_surrogate_does_not_break_the_pipe() -> None:
    assert await pipes.read(received(pipes.encode({"text": "a\ud800b"}))) == {"text": "a?b"}


@pytest.mark.parametrize(
    "noise",
    [b"\xff\xff\xff\xff", b"\0\0\0\2[]", b"\0\0\0\5hello", b"\0\0\0\1\xff", b"Warning: something printed"],
)
async def test_what_is_no_frame_is_told_apart(noise: bytes) -> None:
    with pytest.raises(pipes.BrokenPipeline):
        await pipes.read(received(noise))


async def test_a_frame_cut_short_is_the_end() -> None:
    assert await pipes.read(received(pipes.encode({"id": 1})[:-1])) is None


def test_too_long_a_message_is_refused_before_it_is_written() -> None:
    with pytest.raises(ValueError):
        pipes.encode({"text": "x" * pipes.LIMIT})


def test_turns_and_answers_survive_the_pipe() -> None:
    tongue = Tongue(Language("vi"), "en", Language("vi"), {"vi": -0.1})
    turn = Turn(({"event": "session_started"},), tongue, "hi", None, {"nation": "wales"}, {"age_band": "x"})
    understanding = Understanding("greet", 0.9, (("greet", 0.9), ("thanks", 0.1)), Language("vi"), True)
    reply = Reply("Chào", (Button("Có", Act("intent", {"intent": "affirm"})),), "utter_greet")
    effects = (Effect("open_handoff", {"urgent": "yes"}),)
    answer = Answer((reply,), effects, ({"event": "bot"},), understanding, tongue)

    assert wire.turn_in(wire.turn_out(turn)) == turn
    assert wire.answer_in(wire.answer_out(answer)) == answer
