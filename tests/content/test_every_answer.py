"""Everything the product can answer, by button: in the language, with the right numbers for nation and age.

The engine is the real one, with the model that `make test` trains; meanings are given, so that every need is
asked for in every language.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import settings as settings_of
from bot.commands.engine import engine_of
from bot.content_check import intents
from bot.engine import releases
from bot.engine.client import EngineClient
from bot.messages import Answer, Language, Tongue, Turn
from bot.words import Words, read_responses
from bot.yaml_files import read_yaml

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.model

TWELVE = ["en", "vi", "sq", "ar", "ti", "am", "so", "fa", "ps", "ckb", "ro", "zh"]
NATIONS = ["england", "wales", "scotland", "northern_ireland", "unknown"]
AGES = ["under_18", "over_18", "unknown"]

OURS = {"read_sign", "where_clue"}
"""Only ever an answer to a question of ours; tested with it."""

FOLLOW_UPS = ["tell_me_more", "who_can_help", "show_card", "show_source"]

TOPICS = [
    name.removeprefix("utter_").removesuffix("_more")
    for name in read_responses(ROOT / "stories" / "domain")
    if name.startswith("utter_") and name.endswith("_more")
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EngineClient]:
    settings = settings_of.load({}, dotenv=tmp_path_factory.mktemp("none") / "none")
    engine = await engine_of(settings, releases.ensure(settings.root, settings.models_dir))
    yield engine
    await engine.stop()


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.load(ROOT)


def services() -> list[dict[str, Any]]:
    return list(read_yaml(ROOT / "guidance" / "services.yml")["services"])


def digits(text: str) -> str:
    return re.sub(r"[^\d+]", "", text)


def wrong_numbers(text: str, nation: str, age: str) -> Iterator[str]:
    """Yield the services whose number a text shows though it is not for this nation or age."""
    shown = {digits(found) for found in re.findall(r"[\d][\d \u2066\u2069]{4,}\d", text)}
    for row in services():
        for field in ("phone", "text"):
            number = digits(str(row.get(field) or ""))
            if len(number) < 5 or number not in shown:
                continue
            adults_only = row["for_ages"]["min"] >= 18 and age != "over_18"
            elsewhere = (
                nation != "unknown" and nation not in row["nations"] and "europe" not in row["nations"]
            )
            if row.get("professionals_only") or row.get("hidden") or adults_only or elsewhere:
                yield row["id"]


async def press(engine: EngineClient, intent: str, language: str, **entities: str) -> Answer:
    tongue = Tongue(chosen=Language(language), spoken=Language(language))
    return await engine.turn(Turn((), tongue, intent=intent, entities=entities))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("language", TWELVE)
async def test_every_need_is_answered_in_every_language(engine, words, language):
    for intent in [name for name in intents(ROOT) if name not in OURS]:
        answer = await press(engine, intent, language)
        assert answer.replies or answer.effects, intent
        for reply in answer.replies:
            if language != "en" and reply.name:
                english = words.say(reply.name, Language("en")).text if reply.name in PLAIN else None
                assert reply.text != english, f"{reply.name} is English"


PLAIN = {
    name
    for name, variations in read_responses(ROOT / "stories" / "domain").items()
    if not any("{source}" in v.text or "{place}" in v.text or "{my_language}" in v.text for v in variations)
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("nation", NATIONS)
async def test_numbers_are_right_for_nation_and_age(engine, nation):
    needs = [name for name in intents(ROOT) if name not in {*OURS, *FOLLOW_UPS}]
    for age, intent in itertools.product(AGES, needs):
        answer = await press(engine, intent, "en", nation=nation, age_band=age)
        for reply in answer.replies:
            assert list(wrong_numbers(reply.text, nation, age)) == [], (intent, nation, age)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("nation", NATIONS)
async def test_second_layers_are_right_for_nation_and_age(engine, nation):
    for age, topic, intent in itertools.product(AGES, TOPICS, FOLLOW_UPS):
        answer = await press(engine, intent, "en", nation=nation, age_band=age, topic=topic)
        assert answer.replies
        for reply in answer.replies:
            assert list(wrong_numbers(reply.text, nation, age)) == [], (intent, topic, nation, age)
            assert reply.name != "utter_that_is_all", (intent, topic)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_card_is_english_above_and_the_own_language_below(engine, words):
    answer = await press(engine, "show_card", "vi", topic="interpreter")
    card = answer.replies[-1].text
    above, _, below = card.partition("———")
    assert "I speak Vietnamese" in above
    assert "Tiếng Việt" in below
    assert "Vietnamese" not in below


@pytest.mark.asyncio(loop_scope="module")
async def test_a_source_tells_where_and_when(engine):
    answer = await press(engine, "show_source", "en", topic="nrm")
    assert "athub.org.uk" in answer.replies[0].text or "gov" in answer.replies[0].text.casefold()
    assert "2026-" in answer.replies[0].text


@pytest.mark.asyncio(loop_scope="module")
async def test_what_if_i_am_18_is_answered_once_and_changes_nothing(engine, words):
    """A typed age never switches a child's safeguards off."""
    tongue = Tongue(chosen=Language("en"), spoken=Language("en"))
    asked = await engine.turn(Turn((), tongue, intent="nrm", entities={"age_band": "under_18"}))
    as_adult = await engine.turn(Turn(asked.events, tongue, intent="tell_me_more", entities={"age": "18"}))
    again = await engine.turn(Turn(as_adult.events, tongue, intent="nrm"))
    adult = words.say("utter_nrm", Language("en"), slots={"age_band": "over_18"}).text
    assert as_adult.replies[0].text == adult
    assert again.replies[0].text == asked.replies[0].text != adult


@pytest.mark.asyncio(loop_scope="module")
async def test_clues_are_asked_one_at_a_time_and_lead_to_a_nation(engine):
    tongue = Tongue(chosen=Language("en"), spoken=Language("en"))
    first = await engine.turn(Turn((), tongue, intent="where_clue"))
    assert first.replies[0].name == "utter_clue_money"
    more = await engine.turn(
        Turn(first.events, tongue, intent="where_clue", entities={"clue_money": "pound"})
    )
    assert more.replies[0].name == "utter_clue_road"
    second = await engine.turn(Turn(more.events, tongue, intent="where_clue", entities={"clue_road": "left"}))
    assert second.replies[0].name == "utter_clue_nation"
    third = await engine.turn(Turn(second.events, tongue, intent="where_clue", entities={"nation": "wales"}))
    assert "Wales, United Kingdom" in third.replies[0].text
    anew = await engine.turn(Turn(third.events, tongue, intent="where_clue"))
    assert anew.replies[0].name == "utter_clue_money"


@pytest.mark.asyncio(loop_scope="module")
async def test_what_was_not_understood_is_said_again_even_where_a_place_stood_in_it(engine):
    tongue = Tongue(chosen=Language("en"), spoken=Language("en"))
    told = await engine.turn(Turn((), tongue, intent="where_clue", entities={"nation": "wales"}))
    again = await engine.turn(Turn(told.events, tongue, intent="not_understood"))
    assert again.replies[0].name == "utter_not_understood"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_typed_sign_is_read_when_it_was_asked_for_and_danger_still_comes_first(engine):
    tongue = Tongue(chosen=Language("en"), spoken=Language("en"))
    answer = await engine.turn(Turn((), tongue, intent="where_clue"))
    for name in ("clue_money", "clue_road", "clue_signs", "clue_dial", "clue_emergency"):
        answer = await engine.turn(
            Turn(answer.events, tongue, intent="where_clue", entities={name: "unknown"})
        )
    assert answer.replies[-1].name == "utter_clue_sign"
    calais = await engine.turn(Turn(answer.events, tongue, text="calais"))
    assert "Calais, France" in calais.replies[0].text
    assert "Calais" not in str(calais.events)
    person = await engine.turn(Turn(answer.events, tongue, text="can i talk to someone"))
    assert [effect.name for effect in person.effects] == ["open_handoff"]
    later = await engine.turn(Turn(person.events, tongue, text="calais"))
    assert all("Calais" not in reply.text for reply in later.replies), "asked for one message only"
    danger = await engine.turn(Turn(answer.events, tongue, text="he is hitting me in dover help"))
    assert danger.understanding.danger
    assert danger.replies[0].name == "utter_danger_fixed"
