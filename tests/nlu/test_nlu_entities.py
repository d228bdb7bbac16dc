"""What is read of age, place and day; above all, what is not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.ages import band, own_ages
from nlu.entity_reader import Known, _day
from nlu.lands import Gazetteer, country_names, places, read_towns
from nlu.lexicon import Lexicon, read_lexicons

ROOT = Path(__file__).resolve().parents[2]
WORDS = read_lexicons(ROOT / "nlu" / "lexicon")
KNOWN = Known(
    {tag: Lexicon.of(words) for tag, words in WORDS.items()},
    Gazetteer.of(read_towns(ROOT / "nlu" / "places" / "towns.tsv")),
    country_names(WORDS),
)
LINES = [(tag, line["text"], line["age"]) for tag, words in WORDS.items() for line in words["age_lines"]]


def ages(tag: str, text: str) -> list[int]:
    return own_ages(text, [KNOWN.lexicons[tag], KNOWN.lexicons["en"]])


def where(tag: str, text: str):
    names = {**KNOWN.countries.get(tag, {}), **KNOWN.countries["en"]}
    return places(text, [KNOWN.lexicons[tag], KNOWN.lexicons["en"]], KNOWN.gazetteer, names)


def day(tag: str, text: str) -> str | None:
    return _day(text, [KNOWN.lexicons[tag], KNOWN.lexicons["en"]])


def test_every_language_has_its_words():
    assert len(WORDS) == 23


@pytest.mark.parametrize(("tag", "text", "age"), [line for line in LINES if not isinstance(line[2], int)])
def test_what_is_not_the_writers_age_is_not_read(tag, text, age):
    """Somebody else's age, money, hours, a house number, what others claim."""
    assert ages(tag, text) == []


@pytest.mark.parametrize(("tag", "text", "age"), [line for line in LINES if isinstance(line[2], int)])
def test_an_age_is_never_misread(tag, text, age):
    """Not reading one is bad, reading another one is worse."""
    assert ages(tag, text)[-1:] in ([age], [])


def test_nearly_every_age_is_read():
    said = [(ages(tag, text)[-1:], age) for tag, text, age in LINES if isinstance(age, int)]
    assert sum(read == [age] for read, age in said) >= 0.97 * len(said)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("ar", "عمري ١٥ سنة"),
        ("fa", "من ۱۵ سالمه"),
        ("am", "ዕድሜዬ ፲፭ ነው"),
        ("zh", "我十五岁"),
        ("zh", "我15岁"),
        ("bn", "আমার বয়স ১৫"),
        ("en", "15"),
        ("en", "i am fifteen"),
        ("en", "im 15 yrs old"),
    ],
)
def test_digits_of_every_script_are_digits(tag, text):
    assert ages(tag, text) == [15]


@pytest.mark.parametrize("text", ["i am 19", "i am 25 years old", "18", "they say i am 19 but i am 15"])
def test_nothing_typed_makes_an_adult(text):
    """A misread age must not take a child's protection away: only their own button says adult."""
    assert band(ages("en", text)) in (None, "under_18")


def test_under_eighteen_is_enough_once():
    assert band([17, 19]) == "under_18"
    assert band([]) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("room 15", []), ("call 15.30", []), ("£15 a day", []), ("0151 555 0134", []), ("15/11/2026", []),
        ("i am 150", []), ("+44 15", []), ("15%", []), ("i am 7", []), ("i am 26", []),
    ],
)  # fmt: skip
def test_numbers_of_other_kinds_are_no_ages(text, found):
    assert ages("en", text) == found


def test_a_town_tells_the_nation():
    assert where("vi", "em ở Glasgow").nation == "scotland"
    assert where("ar", "انا في كارديف").nation == "wales"
    assert where("zh", "我在伦敦").town == "London"


def test_england_is_no_nation():
    """Many languages call the whole UK so."""
    assert where("vi", "em đang ở nước anh").nation is None
    assert where("en", "they brought me to England").nation is None
    assert where("en", "they brought me to England").country == "GB"


def test_northern_ireland_is_not_ireland():
    found = where("en", "i am in northern ireland")
    assert (found.nation, found.country) == ("northern_ireland", "GB")
    assert where("en", "i am in ireland").country == "IE"


def test_two_places_tell_none():
    found = where("en", "is it Glasgow or Cardiff")
    assert (found.town, found.nation) == (None, None)


@pytest.mark.parametrize("text", ["send me help", "i take a bath", "he is reading it", "for sale", "i march"])
def test_ordinary_words_are_no_towns(text):
    assert where("en", text).town is None


def test_days_are_read_in_the_language():
    assert day("vi", "tối nay họ đưa em đi") == "tonight"
    assert day("vi", "toi nay ho dua em di") == "tonight"
    assert day("sq", "nesër më çojnë") == "tomorrow"
    assert day("en", "they move me 2nite") == "tonight"
    assert day("en", "i am tired") is None


def test_a_file_that_lacks_something_is_named(tmp_path):
    (tmp_path / "xx.yml").write_text("language: xx\nnumbers: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"xx\.yml.*years"):
        read_lexicons(tmp_path)
