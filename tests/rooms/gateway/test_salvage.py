"""One update that is no JSON must not keep the others of its batch from being stored."""

from __future__ import annotations

import json

import pytest

from bot.gateway.salvage import salvage

ONE, TWO = {"update_id": 1, "message": {"text": "a, ]}"}}, {"update_id": 2, "message": {}}
BAD = '{"update_id": 7, "message": {"text": bro'


def batch(*pieces: str) -> str:
    return '{"ok":true,"result":[' + ",".join(pieces) + "]}"


def test_the_whole_ones_around_a_broken_one_are_kept_in_order() -> None:
    found = salvage(batch(json.dumps(ONE), BAD, json.dumps(TWO)))
    assert found == [ONE, {"update_id": 7, "unreadable": BAD}, TWO]


def test_a_broken_one_may_stand_first_or_last() -> None:
    assert salvage(batch(BAD, json.dumps(TWO))) == [{"update_id": 7, "unreadable": BAD}, TWO]
    assert salvage(batch(json.dumps(ONE), BAD)) == [ONE, {"update_id": 7, "unreadable": BAD}]


def test_one_without_a_number_is_kept_without_one() -> None:
    assert salvage(batch("nonsense", json.dumps(TWO))) == [{"unreadable": "nonsense"}, TWO]


@pytest.mark.parametrize("cut", [5, 30, 60, 75])
def test_an_answer_that_was_cut_off_invents_nothing(cut: int) -> None:
    """What was cut is asked for again, so it must not be taken for a broken update."""
    text = batch(json.dumps(ONE), json.dumps(TWO))[:cut]
    assert salvage(text) in (None, [], [ONE], [ONE, TWO])


@pytest.mark.parametrize("text", ["", "<html>502</html>", '{"ok":false}', "[]", '{"ok":true,"result":true}'])
def test_another_answer_is_no_batch(text: str) -> None:
    assert salvage(text) is None
