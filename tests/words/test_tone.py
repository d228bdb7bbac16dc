"""What our texts may not say, and how hard they may be to read."""

from __future__ import annotations

import pytest

from bot.tone import HARDEST_GRADE, grade, unkind


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Are you illegal here?", "blames or labels"),
        ("Why didn't you leave?", "blames or labels"),
        ("You should have told someone.", "blames or labels"),
        ("You are a victim of a crime.", "gives a verdict"),
        ("I promise to help you.", "promises"),
        ("You will get a lawyer.", "promises"),
        ("Here you are safe.", "promises"),
        ("What happened to you?", "asks about what happened"),
        ("Where do you live?", "asks about what happened"),
        ("Collect evidence of it.", "orders something risky"),
    ],
)
def test_unkind_wordings_are_found_and_named(text, wrong):
    assert [kind for _, kind in unkind(text)] == [wrong]


@pytest.mark.parametrize(
    "text",
    [
        "This is not your fault.",
        "You should have a social worker and a plan.",
        "Be careful with anyone who says you will win.",
        "I cannot say if you will get it.",
        "You can ask for a safe place.",
    ],
)
def test_kind_wordings_pass(text):
    assert list(unkind(text)) == []


def test_long_words_and_long_sentences_are_hard_to_read():
    easy = "You can ask for a doctor. You can ask for food. You can say no. You can stop. It is free for you."
    hard = (
        "Notwithstanding your immigration circumstances, safeguarding professionals have obligations "
        "concerning accommodation, subsistence, representation and therapeutic interventions which the "
        "responsible authority discharges in accordance with published regulations."
    )
    assert grade(easy) < HARDEST_GRADE < grade(hard)


def test_a_placeholder_counts_as_one_short_word_and_few_words_are_not_measured():
    assert grade("Extraordinarily complicated terminology.") is None
    assert grade("You can call {modern_slavery_helpline_name}. " * 5) < HARDEST_GRADE
