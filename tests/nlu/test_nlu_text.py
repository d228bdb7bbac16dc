"""Cleaning, folding, scripts and skeletons: text in, text out."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.encoder import CLIP, clean
from nlu.letters import bare, bucket_counts, char_ngrams, fold
from nlu.scripts import main_languages, script_of
from nlu.skeleton import skeletons


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  hello \n\t there ", "hello there"),
        ("a\0b", "a b"),
        ("a\ud800b", "ab"),
        ("ｈｅｌｐ", "help"),
        ("", ""),
        ("\0\0", ""),
        ("x" * 5000, "x" * CLIP),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(codec=None)))
def test_cleaned_text_is_always_fit_for_the_encoder(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= CLIP
    assert "\0" not in cleaned
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Cứu em với", "Cuu em voi"), ("đang Ở Đâu", "dang O Dau"), ("مُحَمَّد", "محمد"), ("hello", "hello")],
)
def test_bare_takes_the_marks_and_leaves_the_case(text: str, plain: str) -> None:
    assert bare(text) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HEEELP", "heelp"),
        ("أين أنا؟", "اين انا؟"),
        ("مدرسة", "مدرسه"),
        ("CỨU EM", "cuu em"),
        ("don’t", "don't"),
    ],
)
def test_fold_makes_hurried_and_careful_typing_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_ngrams_know_where_words_begin_and_end() -> None:
    assert list(char_ngrams("ab", 2, 3)) == [" a", "ab", "b ", " ab", "ab "]
    assert sum(bucket_counts(["x", "x", "y"], 1000).values()) == 3
    assert bucket_counts(["help"], 1 << 16) == {zlib.crc32(b"help") % (1 << 16): 1}


@pytest.mark.parametrize(
    ("arabic", "latin"), [("سجن", "sijn"), ("حبسوني", "7absooni"), ("خايف", "5ayef"), ("شرطة", "shorta")]
)
def test_arabic_and_its_latin_spelling_have_one_skeleton(arabic: str, latin: str) -> None:
    assert skeletons(arabic)[0][:2] == skeletons(latin)[0][:2]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("hello", "LATIN"),
        ("مرحبا hi", "ARABIC"),
        ("እርዱኝ", "ETHIOPIC"),
        ("救命", "CJK"),
        ("123 👍", None),
        ("", None),
    ],
)
def test_script(text: str, script: str | None) -> None:
    assert script_of(text) == script


def test_every_script_has_a_language_and_the_unknown_one_english() -> None:
    assert main_languages("ARABIC")[0] == "ar"
    assert main_languages("LATIN") == ("en",)
