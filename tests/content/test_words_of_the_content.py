"""Every text a young person may read: there in every language, and marked where nobody has read it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.catalogues import count, files, template
from bot.content_check import findings
from bot.words import PLACEHOLDER
from tests.content.test_every_answer import TWELVE

ROOT = Path(__file__).parents[2]

TEN = ["fr", "es", "pt", "pl", "ur", "bn", "tr", "yo", "om", "uk"]

SAFETY = ["danger_fixed", "immediate_danger", "held_captive", "being_moved", "self_harm", "medical_need"]
FIRST = ["notice", "choose_language", "menu", "privacy", "delete_data", "talk_to_human", "handoff_queued"]

SCRIPTS = {
    "ti": "ETHIOPIC",
    "am": "ETHIOPIC",
    "ar": "ARABIC",
    "fa": "ARABIC",
    "ps": "ARABIC",
    "ckb": "ARABIC",
}
SCRIPTS |= {"zh": "CJK", "ur": "ARABIC", "bn": "BENGALI", "uk": "CYRILLIC"}


def catalogue(language: str):
    file = next(file for file in files(ROOT) if file.parent.parent.name == language)
    with file.open("rb") as lines:
        return read_po(lines)


def test_nothing_in_the_content_stops_a_release():
    assert [finding for finding in findings(ROOT) if finding.blocks] == []


@pytest.mark.parametrize("language", TWELVE[1:])
def test_the_twelve_catalogues_are_complete(language):
    row = next(row for row in count(ROOT) if row.language == language)
    assert (row.missing, row.fuzzy, row.wrong_placeholders) == (0, 0, ())


@pytest.mark.parametrize("language", TEN)
def test_the_ten_have_first_contact_and_every_safety_text(language):
    told = catalogue(language)
    wanted = {f"utter_{name}" for name in [*SAFETY, *FIRST]}
    for english in template(ROOT):
        if english.id and {name.removesuffix("/button") for name, _ in english.locations} & wanted:
            found = told.get(english.id)
            assert found is not None, english.id
            assert found.string, english.id


@pytest.mark.parametrize("language", [*TWELVE[1:], *TEN])
def test_numbers_and_buttons_are_alike_in_every_language(language):
    """A digit more or less is a wrong number; a button that is too long is cut on a small phone."""
    for message in catalogue(language):
        if not message.id or not message.string:
            continue
        english, own = str(message.id), str(message.string)
        assert sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(own)), english
        assert figures(english) == figures(own), english
        if any(name.endswith("/button") or name.startswith("label_") for name, _ in message.locations):
            assert len(own) <= 30, own


@pytest.mark.parametrize(("language", "script"), sorted(SCRIPTS.items()))
def test_texts_are_in_the_script_of_their_language(language, script):
    for message in catalogue(language):
        if message.id and message.string and len(str(message.id).split()) > 8:
            letters = [c for c in PLACEHOLDER.sub("", str(message.string)) if c.isalpha()]
            own = sum(script in unicodedata.name(c, "") for c in letters)
            assert own > 0.4 * len(letters), message.id


def figures(text: str) -> set[str]:
    return set(re.findall(r"\d+", PLACEHOLDER.sub("", text)))
