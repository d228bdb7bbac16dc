"""The judges of a chaos run: each invariant speaks up when it is broken, and is silent when it is not."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.chaos import rows, traces
from tests.chaos.invariants import Run, check
from tests.chaos.kills import SPREAD, Step, steps_of
from tests.chaos.play import OFFER, Play, Said
from tests.chaos.report import Outcome, Part, table, what_broke
from tests.chaos.sockets import beyond_loopback
from tests.chaos.telegram import GROUP, Shown
from tests.chaos.world import ADVOCATES, PEOPLE, Death

PIM, QUY, ADA, TOPIC = PEOPLE["Pim"][0], PEOPLE["Quy"][0], ADVOCATES["Ada"], 5
HEARD, ANSWERED, NOTED = (
    Said("111111111111", "Pim", "Pim", "topic"),
    Said("222222222222", "Ada", "Pim", "person"),
    Said("333333333333", "Ben", "Pim", "nobody"),
)


def entry(text: str, number: int, *, chat: int = PIM, thread: int | None = None) -> dict[str, Any]:
    return {
        "chat": chat, "thread": thread, "message": number, "from": 1000001, "text": text,
        "edits": [], "buttons": [], "own": False,
    }  # fmt: skip


class Story:
    """A run that held, to be broken in one place."""

    def __init__(self, folder: Path) -> None:
        self.pages = {
            PIM: [entry("hello", 1), entry(ANSWERED.word, 2)],
            ADA: [entry(f"👤 {HEARD.word}", 3, chat=GROUP, thread=TOPIC)],
        }
        self.rows = rows.Rows(0, (), {(1, "person", "say"): "sent"}, (), 0, 0, True)
        self.world = SimpleNamespace(folder=folder, deaths=[], outside=set())
        self.taps: dict[str, int] = {}

    def judged(self) -> str:
        play = Play(self.world, [HEARD, ANSWERED, NOTED], self.taps)  # type: ignore[arg-type]
        play.threads, play.every_thread, play.steps = {"Pim": TOPIC}, {"Pim": {TOPIC}}, {"Pim": [0]}
        shown = Shown({str(user): page for user, page in self.pages.items()})
        return " | ".join(check(Run(play, shown, self.rows, [])))


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def test_a_run_that_held_is_silent(story: Story) -> None:
    assert story.judged() == ""


def test_a_lost_word_is_found(story: Story) -> None:
    story.pages[ADA].clear()
    assert HEARD.word in story.judged()


def test_what_never_left_is_found(story: Story) -> None:
    story.rows = rows.Rows(1, ("ValueError",), {(1, "person", "say"): "waiting"}, (), 0, 0, True)
    assert story.judged().count("I1") == 3


def test_a_repeat_is_found_and_one_that_was_tapped_for_is_not(story: Story) -> None:
    story.pages[PIM].append(entry(ANSWERED.word, 4))
    assert "I2" in story.judged()
    story.taps["Pim"] = 1
    assert story.judged() == ""


def test_the_bots_own_text_twice_is_found(story: Story) -> None:
    story.pages[PIM].append(entry("hello", 4))
    assert "I2" in story.judged()


def test_a_repeat_in_the_topic_has_to_say_so(story: Story) -> None:
    again = entry(f"May be a repeat: 👤 {HEARD.word}", 4, chat=GROUP, thread=TOPIC)
    story.pages[ADA].append(again)
    assert story.judged() == ""
    again["text"] = f"👤 {HEARD.word}"
    assert "I2" in story.judged()


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        (QUY, entry(HEARD.word, 9, chat=QUY)),
        (QUY, entry(ANSWERED.word, 9, chat=QUY)),
        (ADA, entry(HEARD.word, 9, chat=GROUP, thread=TOPIC + 1)),
        (ADA, entry(HEARD.word, 9, chat=GROUP)),
        (PIM, entry(NOTED.word, 9)),
    ],
)
def test_a_word_before_the_wrong_eyes_is_found(story: Story, user: int, shown: dict[str, Any]) -> None:
    story.pages.setdefault(user, []).append(shown)
    assert "I3" in story.judged()


def test_disorder_is_found(story: Story) -> None:
    later = Said("444444444444", "Pim", "Pim", "topic")
    story.pages[ADA].insert(0, entry(f"👤 {later.word}", 2, chat=GROUP, thread=TOPIC))
    play = Play(story.world, [HEARD, later], {}, {"Pim": TOPIC}, {"Pim": {TOPIC}})  # type: ignore[arg-type]
    shown = Shown({str(user): page for user, page in story.pages.items()})
    assert "I8" in " ".join(check(Run(play, shown, story.rows, [])))


def test_a_hidden_doubt_is_found(story: Story) -> None:
    story.world.deaths.append(Death(-9, (rows.SendingRow(1, "person", "say", "bot"),)))
    assert "nobody was told" in story.judged()


def test_an_invented_doubt_is_found(story: Story) -> None:
    story.pages[PIM].append(entry(next(iter(OFFER)), 4))
    assert "nothing was ambiguous" in story.judged()


def test_an_outside_socket_is_found(story: Story) -> None:
    story.world.outside.add("tcp 192.0.2.1 -> 192.0.2.2")
    assert "I7" in story.judged()


@pytest.mark.parametrize(
    "written",
    [
        HEARD.word.encode(),
        HEARD.word.encode("utf-16-le"),
        HEARD.word.encode().hex().encode(),
        base64.b64encode(b"x" + HEARD.word.encode() + b"yz"),
        base64.urlsafe_b64encode(b"xy" + HEARD.word.encode()),
    ],
)
def test_a_word_on_disk_is_found_in_any_disguise(story: Story, tmp_path: Path, written: bytes) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "some.log").write_bytes(os.urandom(100) + written + os.urandom(100))
    assert f"I4 the word {HEARD.word}" in story.judged()


def test_an_id_on_disk_is_found_as_a_number_too(tmp_path: Path) -> None:
    (tmp_path / "db").write_bytes(b"....." + PIM.to_bytes(6, "big") + b"....")
    assert traces.found_in([tmp_path], {"Pim": traces.number_forms(PIM)}) == ["Pim in db"]


def test_a_socket_that_listens_to_the_world_is_seen() -> None:
    with socket.socket() as inside, socket.socket() as outside:
        inside.bind(("127.0.0.1", 0))
        inside.listen()
        assert beyond_loopback([os.getpid()]) == set()
        outside.bind(("0.0.0.0", 0))
        outside.listen()
        assert beyond_loopback([os.getpid()])


def test_every_hit_is_a_step_and_idle_loops_are_sampled() -> None:
    names = ["walk.begin", "timers.before-move", *["storage.before-commit"] * 100, "walk.begin"]
    steps = steps_of(names)
    assert [step for step in steps if step.place == "walk.begin"] == [
        Step("walk.begin", 1),
        Step("walk.begin", 2),
    ]
    sampled = [step.number for step in steps if step.place == "storage.before-commit"]
    assert len(sampled) == SPREAD
    assert (sampled[0], sampled[-1]) == (1, 100)


def test_a_fault_that_never_struck_did_not_hold() -> None:
    parts = [Part("kills", [Outcome("a"), Outcome("b", reached=0), Outcome("c", ("I1 lost",))])]
    assert "| kills | 3    | 1    |" in table(parts)
    assert what_broke(parts) == ["kills: b: the fault was never reached", "kills: c: I1 lost"]


def test_a_named_step_ends_the_process_at_its_own_count(tmp_path: Path) -> None:
    """``kill:place:2`` counts that place only; ``count:`` writes every name."""
    code = "from bot.failpoints import failpoint as f; f('a'); f('b'); f('a'); print('alive')"
    for plan, status in (("kill:a:2", -9), ("kill:a:3", 0), ("kill:3", -9), (f"count:{tmp_path}/n", 0)):
        environment = {**os.environ, "HARBOUR_FAILPOINT": plan}
        ended = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, check=False
        )
        assert ended.returncode == status, plan
    assert (tmp_path / "n").read_text().split() == ["a", "b", "a"]
