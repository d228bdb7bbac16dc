"""The straight runner gives what Rasa's own gives, on the same loaded graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from bot.engine.straight_runner import StraightRunner


class Joins(GraphComponent):
    """Puts its own letter behind all it is given, and remembers that it ran."""

    ran: list[str] = []  # noqa: RUF012 - shared on purpose, emptied by the fixture

    def __init__(self, letter: str) -> None:
        self._letter = letter

    @classmethod
    def create(cls, config: dict[str, Any], **_: Any) -> Joins:
        return cls(config["letter"])

    def join(self, one: str = "", two: str = "") -> str:
        self.ran.append(self._letter)
        return f"({one}{two}{self._letter})"


def node(letter: str, *, target: bool = False, **needs: str) -> SchemaNode:
    return SchemaNode(needs, Joins, "create", "join", {"letter": letter}, is_target=target)


@pytest.fixture
def loaded(tmp_path: Path) -> DaskGraphRunner:
    Joins.ran.clear()
    schema = GraphSchema(
        {
            "both": node("d", target=True, one="left", two="right"),
            "left": node("b", one="first"),
            "right": node("c", two="first"),
            "first": node("a", one="given"),
            "aside": node("x", one="given"),
        }
    )
    storage = LocalModelStorage.create(tmp_path)
    return DaskGraphRunner.create(schema, storage, ExecutionContext(schema))


@pytest.mark.parametrize("targets", [None, ["both"], ["left"], ["aside", "right"]])
def test_every_target_comes_out_as_rasas_runner_makes_it(
    loaded: DaskGraphRunner, targets: list[str] | None
) -> None:
    inputs = {"given": "hello"}
    straight = StraightRunner(loaded)
    assert straight.run(inputs, targets) == loaded.run(inputs, targets)
    assert straight.run({"given": "again"}, targets) == loaded.run({"given": "again"}, targets)


def test_each_node_runs_once_and_only_if_it_is_needed(loaded: DaskGraphRunner) -> None:
    assert StraightRunner(loaded).run({"given": "-"})["both"] == "(((-a)b)((-a)c)d)"
    assert Joins.ran == ["a", "b", "c", "d"]


def test_an_input_takes_the_place_of_a_node(loaded: DaskGraphRunner) -> None:
    assert StraightRunner(loaded).run({"first": "!"}, ["left"]) == {"left": "(!b)"}
