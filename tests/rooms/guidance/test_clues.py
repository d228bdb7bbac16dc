"""Finding the country without a map: clues one at a time, and words on signs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadCatalogue
from bot.guidance.clues import UNKNOWN, fitting, next_question
from bot.guidance.countries import Countries
from bot.guidance.signs import Signs
from bot.messages import Area

FOLDER = Path(__file__).parents[3] / "guidance" / "geography"


@pytest.fixture(scope="module")
def countries() -> Countries:
    return Countries.load(FOLDER)


@pytest.fixture(scope="module")
def signs(countries) -> Signs:
    return Signs.load(FOLDER, countries)


def asked(countries: Countries, **answers: str) -> tuple[list[str], dict[str, str]]:
    """Answer every question that comes; return what countries are left and which clues were asked."""
    clues: dict[str, str] = {}
    while question := next_question(clues, countries.all()):
        clues[question] = answers.get(question, UNKNOWN)
    return fitting(clues, countries.all()), clues


@pytest.mark.parametrize(
    ("answers", "country"),
    [
        ({"clue_money": "pound", "clue_road": "left"}, "GB"),
        ({"clue_road": "left", "clue_dial": "44"}, "GB"),
        ({"clue_money": "euro", "clue_road": "left", "clue_dial": "353"}, "IE"),
        ({"clue_money": "euro", "clue_road": "right", "clue_signs": "fr", "clue_dial": "33"}, "FR"),
        ({"clue_money": "euro", "clue_signs": "nl", "clue_dial": "32"}, "BE"),
        ({"clue_money": "euro", "clue_road": "right", "clue_signs": "it"}, "IT"),
    ],
)
def test_clues_lead_to_one_country(countries, answers, country):
    left, _ = asked(countries, **answers)
    assert left == [country]


def test_no_more_is_asked_than_is_needed(countries):
    """One clue alone is easily mistaken: a second is asked for, and no third."""
    _, clues = asked(countries, clue_money="pound", clue_road="left")
    assert list(clues) == ["clue_money", "clue_road"]


def test_countries_outside_europe_stay_in_where_the_clues_do_not_point_to_europe(countries):
    left, _ = asked(countries, clue_money="other", clue_signs="en", clue_road="right")
    assert "GI" not in left
    assert "NG" in left


@pytest.mark.parametrize(
    "code", ["CY", "MT", "GR", "IT", "FR", "DE", "BE", "NL", "IE", "RO", "BG", "PL", "RE"]
)
def test_members_of_the_european_union_are_known(countries, code):
    assert countries.region(code) == "eu"


def test_who_knows_nothing_is_told_nothing_sure(countries):
    left, clues = asked(countries)
    assert len(left) > 3
    assert set(clues.values()) == {UNKNOWN}


def test_clues_that_do_not_fit_leave_nothing(countries):
    assert fitting({"clue_money": "euro", "clue_dial": "44", "clue_road": "right"}, countries.all()) == []


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Calais", Area("FR")),
        ("welcome to DOVER", Area("GB", "england")),
        ("Heddlu", Area("GB", "wales")),
        ("police scotland", Area("GB", "scotland")),
        ("PSNI", Area("GB", "northern_ireland")),
        ("Belfast City Hospital", Area("GB", "northern_ireland")),
        ("Gare de Lille Flandres", Area("FR")),
        ("cong ty o munchen", Area("DE")),
        ("I am in Wales", Area("GB", "wales")),
        ("Newport", Area("GB")),
    ],
)
def test_a_word_on_a_sign_tells_where(signs, text, area):
    found = signs.read(text)
    assert found is not None
    assert found[1] == area


@pytest.mark.parametrize(
    "text",
    [
        "",
        "i dont know",
        "🤷",
        "Tesco Express",
        "x" * 5000,
        "can i talk to someone",
        "remove my name",
        "they hit me",
        "over 18",
        "Police Station",
        "Hospital",
        "Can they send me home?",
        "tak",
        "yes you can",
    ],
)
def test_what_tells_nothing_tells_nothing(signs, text):
    assert signs.read(text) is None


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("vi", "Pháp"),
        ("ti", "ፈረንሳ"),
        ("ar", "فرنسا"),
        ("zh", "法国"),
        ("xx-nonsense", "France"),
        (None, "France"),
    ],
)
def test_countries_are_called_as_the_language_calls_them(countries, language, name):
    assert countries.name("FR", language) == name


def test_a_broken_table_says_how_to_make_it_again(tmp_path):
    (tmp_path / "countries.tsv").write_text("GB\teu\n", encoding="utf-8")
    with pytest.raises(BadCatalogue, match="make geography"):
        Countries.load(tmp_path)
