"""Long messages in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.pieces import MOST, PIECE, pieces


def test_a_short_message_is_one_piece() -> None:
    assert pieces("help me") == ["help me"]
    assert pieces("") == [""]


def test_the_end_of_a_long_message_is_read() -> None:
    story = "We came in a lorry and slept in a field. " * 60 + "Now he is at the door with a knife."
    found = pieces(story)
    assert len(found) == MOST
    assert found[0].startswith("We came")
    assert found[-1].endswith("with a knife.")
    assert all(piece.startswith("We") or piece.startswith("Now") for piece in found)


@given(st.text(alphabet=st.sampled_from("ab .!؟\n"), min_size=PIECE + 1, max_size=5 * PIECE))
def test_pieces_are_short_few_and_begin_at_the_beginning(text: str) -> None:
    found = pieces(text)
    assert len(found) <= MOST
    assert all(len(piece) <= PIECE for piece in found)
    if text.strip():
        assert "".join(found[0].split()) in "".join(text.split())


def test_words_without_spaces_are_cut() -> None:
    assert [len(piece) for piece in pieces("好" * 700)] == [280, 280, 140]
