"""`parse` and `talk --jsonl`: one JSON line out for each line in, in order, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot import settings as settings_of
from bot.engine import releases

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.model


@pytest.fixture(scope="module", autouse=True)
def model() -> None:
    settings = settings_of.load()
    releases.ensure(settings.root, settings.models_dir)


def harbour(command: list[str], lines: list[Any]) -> tuple[int, list[dict[str, Any]], str]:
    """Run a command over lines; returns its status, what it printed, and what it complained of."""
    said = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command],
        input=said,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=180,
        env=dict(os.environ, OMP_NUM_THREADS="1"),
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_parse_tells_age_place_and_day_when_asked():
    status, answers, complaints = harbour(
        ["parse", "--entities"],
        [{"text": "em 15 tuổi, em ở Glasgow, tối nay họ đưa em đi"}, {"text": "hello there"}],
    )
    assert status == 0, complaints
    found = {one["entity"]: one["value"] for one in answers[0]["entities"]}
    assert found == {
        "age": "15", "age_band": "under_18", "town": "Glasgow", "nation": "scotland", "country": "GB",
        "day": "tonight",
    }  # fmt: skip
    assert answers[1]["entities"] == []


def test_parse_answers_every_line_in_order():
    status, answers, complaints = harbour(
        ["parse"],
        [
            {"text": "help he is hurting me right now"},
            {"text": "cảnh sát có bắt em không"},
            {"text": "أريد التحدث مع شخص حقيقي"},
            {"text": "bonjour", "language": "fr"},
            {"text": ""},
            {"text": "/talk_to_human{}"},
            {"text": "😭" * 50},
            {"text": "a" * 100_000},
        ],
    )
    assert status == 0, complaints
    assert [set(a) for a in answers] == [{"intent", "confidence", "language", "danger", "ranking"}] * 8
    assert [a["intent"] for a in answers[:3]] == ["immediate_danger", "police_arrest", "talk_to_human"]
    assert [a["language"] for a in answers[:4]] == ["en", "vi", "ar", "fr"]
    assert [a["danger"] for a in answers[:3]] == [True, False, False]
    assert all(isinstance(a["confidence"], float) for a in answers)
    assert answers[0]["ranking"][0] == {"name": answers[0]["intent"], "confidence": answers[0]["confidence"]}


def test_parse_says_which_line_was_bad_and_goes_on():
    status, answers, complaints = harbour(["parse"], [{"text": "hello"}, "no json", {"text": "thanks"}])
    assert status == 2
    assert "error" in answers[1]
    assert answers[2]["intent"] == "thanks"
    assert "line 2" in complaints


def test_talk_walks_a_conversation():
    """Text, a location and a bad line; the person asks for a human and is queued."""
    status, answers, complaints = harbour(
        ["talk", "--jsonl"],
        [
            {"text": "hello"},
            {"location": {"lat": 51.5, "lon": -0.1}},
            {"button": "forged"},
            {"bottle": 1},
            {"text": "i want to talk to a real person"},
        ],
    )
    assert status == 2
    assert "line 4" in complaints
    assert all(set(a) == {"replies", "holder", "intent", "language"} for i, a in enumerate(answers) if i != 3)
    assert answers[0]["intent"] == "greet"
    assert answers[1]["intent"] == "location_shared"
    assert answers[4]["holder"] == "queued"
    reply = answers[0]["replies"][0]
    assert set(reply) == {"text", "buttons", "places"}
    assert all(set(b) == {"label", "id"} for r in answers[0]["replies"] for b in r["buttons"])
