"""Long messages in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.pieces import MOST, PIECE, SHORT, pieces


def test_a_short_message_is_one_piece() -> None:
    assert pieces("help me") == ["help me"]
    assert pieces("") == [""]


def test_a_message_of_telegrams_length_is_read_to_its_end() -> None:
    story = "We came in a lorry and slept in a field. " * 99 + "Now he is at the door."
    found = pieces(story)
    assert len(found) <= MOST
    assert found[0].startswith("We came")
    assert found[-1].endswith("at the door.")
    assert all(piece.startswith("We") or piece.startswith("Now") for piece in found)
    assert " ".join(found) == story


def test_one_sentence_amid_others_is_no_small_part_of_its_piece() -> None:
    said = "he locked me in the cellar and took my phone"
    around = "the weather was nice all week and we watched a lot of films together. " * 7
    piece = next(piece for piece in pieces(f"{around}{said}. {around}") if said in piece)
    assert len(piece) < 2.8 * len(said)


def test_of_more_than_can_be_read_the_end_is_kept() -> None:
    found = pieces("word word word word word. " * 900 + "the end")
    assert len(found) == MOST
    assert found[-1].endswith("the end")


@given(st.text(alphabet=st.sampled_from("ab .!؟\n"), min_size=SHORT + 1, max_size=5 * SHORT))
def test_pieces_are_short_few_and_begin_at_the_beginning(text: str) -> None:
    found = pieces(text)
    assert len(found) <= MOST
    assert all(len(piece) <= SHORT for piece in found)
    if text.strip():
        assert "".join(found[0].split()) in "".join(text.split())


def test_words_without_spaces_are_cut() -> None:
    assert [len(piece) for piece in pieces("好" * 300)] == [PIECE, PIECE, 60]
