"""Examples are counted by thoughts, not by lines."""

from __future__ import annotations

from pathlib import Path

from bot.content_check import read_examples
from bot.thoughts import own_thoughts, repeats, shortages

ROOT = Path(__file__).resolve().parents[2]


def test_lines_that_share_most_of_their_letters_count_once():
    lines = [
        "he took my passport",
        "he took my passport!",
        "He took  my passport",
        "they lock the door at night",
    ]
    assert own_thoughts(lines) == ["he took my passport", "they lock the door at night"]


def test_a_need_with_too_few_thoughts_is_named():
    short = list(shortages("fr", {"nrm": ["c'est quoi le nrm"] * 40, "self_harm": []}))
    assert [(s.need, s.thoughts, s.wanted) for s in short] == [("nrm", 1, 25), ("self_harm", 0, 50)]


def test_a_held_out_line_that_is_trained_on_is_found():
    assert repeats(["where am i", "what is a guardian"], ["Where am I?", "who pays"]) == ["where am i"]


def test_every_need_has_enough_thoughts_in_every_language():
    folders = sorted(folder for folder in (ROOT / "nlu" / "examples").iterdir() if folder.is_dir())
    assert [short for folder in folders for short in shortages(folder.name, read_examples(folder))] == []
