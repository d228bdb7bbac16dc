"""Figures and comparisons, on answers made by hand."""

from __future__ import annotations

import math

import pytest

from bot.evaluation.compare import compare, exact_chance
from bot.evaluation.figures import Asked, auroc, calibration_error, danger, figures, macro_f1
from bot.evaluation.report import Evaluated, as_markdown, write_report
from bot.evaluation.split import Line
from bot.messages import Language, Understanding


def asked(
    meant: str, heard: str, *, language: str = "en", told: str = "", sure: float = 0.9, score: float = 0.0,
    text: str = "one two three", tags: frozenset[str] = frozenset(),
) -> Asked:  # fmt: skip
    other = "greet" if heard != "greet" else "thanks"
    understanding = Understanding(
        heard, sure, ((heard, sure), (other, 1 - sure)), Language(told or language), score >= 0.5, score
    )
    return Asked(Line(text, meant, language, tags), understanding, 10.0)


def test_each_language_counts_the_same_however_many_lines_it_has():
    lines = [asked("greet", "greet")] * 9 + [asked("greet", "thanks", language="vi")]
    told = figures(lines)
    assert told["accuracy"] == {"en": 1.0, "vi": 0.0}
    assert told["macro_accuracy"] == 0.5
    assert told["confusions"] == [{"meant": "greet", "heard": "thanks", "times": 1}]


def test_macro_f1_punishes_a_need_that_is_heard_everywhere():
    lines = [asked("greet", "greet"), asked("thanks", "greet"), asked("nrm", "nrm")]
    assert macro_f1(lines) == pytest.approx((2 / 3 + 0 + 1) / 3)


def test_danger_counts_missed_and_false_and_leaves_a_friends_danger_out():
    lines = [
        asked("self_harm", "self_harm", score=0.9),
        asked("held_captive", "greet", score=0.1),
        asked("greet", "greet", score=0.8),
        asked("out_of_scope", "out_of_scope", score=0.1, tags=frozenset({"lookalike"})),
        asked("worried_about_friend", "medical_need", score=0.9),
    ]
    told = danger(lines)
    assert (told["recall"], told["false_alarms"], told["false_alarms_of_lookalikes"]) == (0.5, 0.5, 0.0)
    assert told["recall_by_need"] == {"held_captive": 0.0, "self_harm": 1.0}
    low, high = told["curve"][0], told["curve"][-1]
    assert (low["threshold"], low["recall"]) == (0.02, 1.0)
    assert (high["recall"], high["false_alarms"]) == (0.0, 0.0)


def test_language_is_judged_apart_for_short_and_romanised_lines():
    lines = [
        asked("greet", "greet", language="ar", told="en", text="mar7aba", tags=frozenset({"romanised"})),
        asked("greet", "greet", language="zh", text="你好你在吗"),
        asked("greet", "greet", language="yo", told="en", text="how una dey", tags=frozenset({"pidgin"})),
    ]
    told = figures(lines)["language"]
    assert (told["three_words_and_more"], told["fewer_words"], told["romanised"]) == (1.0, 0.0, 0.0)


def test_auroc_counts_ties_by_half():
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.5], [0.5]) == 0.5
    assert auroc([0.1, 0.9], [0.5]) == 0.5
    assert math.isnan(auroc([], [0.1]))


def test_calibration_error_is_the_gap_between_confidence_and_truth():
    sure_and_right = [asked("greet", "greet", sure=0.95)] * 2
    sure_and_wrong = [asked("greet", "thanks", sure=0.95)] * 2
    assert calibration_error(sure_and_right) == pytest.approx(0.05)
    assert calibration_error(sure_and_right + sure_and_wrong) == pytest.approx(0.45)


def test_a_comparison_counts_what_is_mended_and_broken():
    old = [asked("greet", "thanks"), asked("self_harm", "self_harm", score=0.9), asked("nrm", "nrm")]
    new = [asked("greet", "greet"), asked("self_harm", "thanks", score=0.1), asked("nrm", "nrm")]
    told = compare(new, old)
    assert (told["all"]["mended"], told["all"]["broken"]) == (1, 1)
    assert (told["danger_missed_anew"], told["danger_found_anew"]) == (1, 0)
    assert told["safety_needs"]["old"] == 1.0


def test_mcnemars_exact_chance():
    assert exact_chance(0, 0) == 1.0
    assert exact_chance(0, 5) == pytest.approx(2 / 32)
    assert exact_chance(5, 5) == 1.0


def test_the_report_is_written_as_markdown_and_as_a_page_without_scripts(tmp_path):
    lines = [asked("greet", "thanks"), asked("self_harm", "self_harm", score=0.9)] * 3
    measured = {**figures(lines), "danger_set": {"lines": len(lines), **danger(lines)}}
    told = Evaluated("R1", "1", "2026-11-24", measured, lines, "R0", compare(lines, lines))
    text, page = write_report(told, tmp_path)
    assert "| greet | thanks | 3 |" in as_markdown(told)
    assert text.read_text() == as_markdown(told)
    written = page.read_text()
    assert written.count("<svg") == 3
    assert "<script" not in written
    assert "Beside R0" in written
