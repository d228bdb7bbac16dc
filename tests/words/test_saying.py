"""Words: translation, variations, placeholders, and what happens where something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import catalogues
from bot.errors import BadCatalogue
from bot.messages import Act, Language
from bot.words import Words, parse_payload

DOMAIN = """
responses:
  utter_ring:
  - text: "Ring {emergency_phone} now."
    metadata: {safety: true}
    buttons:
    - title: "🙋 A person"
      payload: "/talk_to_human"
  utter_ring_scotland:
  - text: "In Scotland."
    condition: [{type: slot, name: nation, value: scotland}]
  - text: "Anywhere."
  utter_chat:
  - text: "Hello."
"""
ARABIC = Language("ar")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "stories" / "domain").mkdir(parents=True)
    (tmp_path / "stories" / "locale" / "ar").mkdir(parents=True)
    (tmp_path / "guidance").mkdir()
    (tmp_path / "stories" / "domain" / "responses.yml").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "guidance" / "services.yml").write_text(
        'services: [{id: emergency, name: Emergency, phone: "0800 1111", source: a copy}]', encoding="utf-8"
    )
    (tmp_path / "guidance" / "facts.yml").write_text("facts: []", encoding="utf-8")
    catalogues.update(tmp_path)
    return tmp_path


def translate(root: Path, english: str, arabic: str) -> None:
    file = root / "stories" / "locale" / "ar" / "LC_MESSAGES" / "harbour.po"
    text = file.read_text(encoding="utf-8")
    assert f'msgid "{english}"\nmsgstr ""' in text
    file.write_text(
        text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{arabic}"'),
        encoding="utf-8",
    )


def change_english(root: Path, old: str, new: str) -> None:
    file = root / "stories" / "domain" / "responses.yml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    catalogues.update(root)


def test_a_number_keeps_its_order_in_right_to_left_text(root: Path):
    """The groups of a number would change places in Arabic text if they were not isolated."""
    translate(root, "Ring {emergency_phone} now.", "اتصل {emergency_phone} الآن.")
    said = Words.load(root).say("utter_ring", ARABIC)
    assert said.text == "اتصل \u20660800 1111\u2069 الآن."
    assert said.buttons[0].act == Act("intent", {"intent": "talk_to_human"})


def test_arabic_that_begins_with_an_emoji_still_reads_from_the_right(root: Path):
    translate(root, "🙋 A person", "🙋 شخص")
    said = Words.load(root).say("utter_ring", ARABIC)
    assert said.buttons[0].label == "\u200f🙋 شخص"


def test_a_missing_translation_is_english(root: Path):
    assert Words.load(root).say("utter_chat", ARABIC).text == "Hello."


def test_a_language_we_do_not_have_is_english(root: Path):
    assert Words.load(root).say("utter_chat", Language("ti")).text == "Hello."


def test_a_stale_safety_text_shows_both(root: Path):
    """When the English of a safety text changed, the old translation stands beside the new English."""
    translate(root, "Ring {emergency_phone} now.", "اتصل {emergency_phone} الآن.")
    change_english(root, "Ring {emergency_phone} now.", "Ring {emergency_phone} right now.")
    said = Words.load(root).say("utter_ring", ARABIC).text
    assert "اتصل" in said
    assert "Ring \u20660800 1111\u2069 right now." in said


def test_another_stale_text_is_english(root: Path):
    translate(root, "Hello.", "مرحبا.")
    change_english(root, "Hello.", "Hello you.")
    assert Words.load(root).say("utter_chat", ARABIC).text == "Hello you."


def test_a_variation_is_chosen_by_slot(root: Path):
    words = Words.load(root)
    assert words.say("utter_ring_scotland", None, slots={"nation": "scotland"}).text == "In Scotland."
    assert words.say("utter_ring_scotland", None, slots={"nation": "wales"}).text == "Anywhere."


def test_an_unknown_placeholder_is_an_error_that_names_it(root: Path):
    change_english(root, "Hello.", "Hello {nobody_knows}.")
    with pytest.raises(BadCatalogue, match="nobody_knows"):
        Words.load(root).say("utter_chat", None)


def test_text_is_never_a_format_string(root: Path):
    """Braces that are no placeholder, and shell-like names, stay as they are."""
    change_english(root, "Hello.", "Hello ${HOME} {0} {x.y}.")
    with pytest.raises(BadCatalogue):
        Words.load(root).say("utter_missing", None)
    assert Words.load(root).say("utter_chat", None).text == "Hello ${HOME} {0} {x.y}."


def test_a_look_alike_of_another_response_is_never_taken_as_its_translation(root: Path):
    translate(root, "Hello.", "مرحبا.")
    file = root / "stories" / "domain" / "more.yml"
    file.write_text('responses:\n  utter_new:\n  - text: "Hello!"\n', encoding="utf-8")
    catalogues.update(root)
    assert catalogues.count(root)[0].fuzzy == 0


def test_wrong_placeholders_are_counted(root: Path):
    translate(root, "Ring {emergency_phone} now.", "اتصل {emergency_fone} الآن.")
    assert catalogues.count(root)[0].wrong_placeholders == ("utter_ring",)


@pytest.mark.parametrize(
    ("payload", "values"),
    [
        ("/greet", {"intent": "greet"}),
        ('/rights_general{"nation": "scotland"}', {"intent": "rights_general", "nation": "scotland"}),
    ],
)
def test_payloads_become_acts(payload: str, values: dict[str, str]):
    assert parse_payload(payload) == Act("intent", values)


def test_a_malformed_payload_is_an_error():
    with pytest.raises(BadCatalogue):
        parse_payload("/greet{nation}")
