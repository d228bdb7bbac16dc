"""Somebody shares a place: they are told where it is, and nothing of it is kept or passed on."""

from __future__ import annotations

import pytest

from bot.messages import SharedPlace

DOVER = SharedPlace(51.1290, 1.3080, 5)
CALAIS = SharedPlace(50.9510, 1.8580, 5)
GRETNA = SharedPlace(54.9970, -3.0670, 5)
MID_CHANNEL = SharedPlace(51.0300, 1.5500, 5)
HANOI = SharedPlace(21.0300, 105.8500, 5)
ISLE_OF_MAN = SharedPlace(54.1500, -4.4820, 5)
NOWHERE = SharedPlace(-45.0, -130.0, 5)


@pytest.mark.parametrize(
    ("place", "name", "told_place"),
    [
        (DOVER, "utter_place_uk", "Dover, England, United Kingdom"),
        (CALAIS, "utter_place_eu", "Calais, France"),
        (ISLE_OF_MAN, "utter_place_europe", "Douglas, Isle of Man"),
        (HANOI, "utter_place_other", "Vietnam"),
    ],
)
async def test_a_place_is_told_with_the_number_that_works_there(walk, place, name, told_place):
    await walk.writes("hello", means="greet")
    await walk.does(place)
    told = next(said for said in walk.texts() if told_place in said)
    assert told.splitlines()[0].startswith("📍")
    kept = walk.says("utter_place_kept")
    assert kept in walk.texts()
    number = {"utter_place_uk": "999", "utter_place_eu": "112", "utter_place_europe": "112"}.get(name)
    if number is None:
        assert "999" not in told
        assert "112" not in told
    else:
        assert number in told


async def test_abroad_no_british_line_is_given(walk):
    await walk.writes("hello", means="greet")
    await walk.does(CALAIS)
    told = next(said for said in walk.texts() if "Calais" in said)
    assert "999" not in told
    assert "0800" not in told


async def test_at_sea_it_is_the_coastguard(walk):
    await walk.writes("hello", means="greet")
    await walk.does(MID_CHANNEL)
    told = walk.says("utter_place_sea")
    assert told in walk.texts()
    assert "Coastguard" in told
    assert "France" not in " ".join(walk.texts())


async def test_near_a_border_both_sides_are_told_and_no_nation_is_settled(walk):
    await walk.writes("hello", means="greet")
    await walk.does(GRETNA)
    said = " ".join(walk.texts())
    assert "Gretna, Scotland" in said
    assert "England" in said
    assert walk.engine.entities == {"nation": "unknown"}


async def test_only_the_nation_goes_on(walk):
    await walk.writes("hello", means="greet")
    await walk.does(DOVER)
    assert walk.engine.entities == {"nation": "england"}


async def test_a_place_on_no_land_is_answered_too(walk):
    await walk.writes("hello", means="greet")
    await walk.does(NOWHERE)
    assert walk.says("utter_place_unknown") in walk.texts()


async def test_the_place_is_told_though_the_engine_is_down(walk):
    await walk.writes("hello", means="greet")
    walk.engine.down = True
    await walk.does(DOVER)
    assert any("Dover" in said for said in walk.texts())
    assert walk.says("utter_engine_down") in walk.texts()
