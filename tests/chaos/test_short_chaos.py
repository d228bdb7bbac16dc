"""The short form of `make chaos`: the whole product as real processes, killed and started again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine import releases
from bot.settings import load
from tests.chaos import kills, sends, story
from tests.chaos.report import Outcome
from tests.chaos.trial import Fault, Ground, trial, trials
from tests.chaos.world import make_template

pytestmark = [pytest.mark.chaos, pytest.mark.model]

PLACES = (
    "inbox.add.after-insert",
    "storage.commit.after-changes",
    "outbox.before-call",
    "outbox.before-settle",
)
"""Before the update is stored, in the middle of the transaction, before a call, and after one."""


@pytest.fixture
async def ground(tmp_path: Path) -> Ground:
    models = load().models_dir
    if releases.current(models) is None:
        pytest.skip("no trained model: run `harbour train`")
    return Ground(tmp_path / "worlds", models, await make_template(tmp_path, models))


def what_broke(outcomes: list[Outcome]) -> list[str]:
    return [f"{one.fault}: {one.wrong or 'never reached'}" for one in outcomes if not one.held]


@pytest.mark.threat("T29")
@pytest.mark.threat("T32")
async def test_nothing_is_lost_or_said_twice_however_the_service_dies(ground: Ground) -> None:
    """The whole story undisturbed, then a death at each of a few steps, and two Telegram faults.

    Each run is judged by the invariants: lost 0, twice 0, wrong person 0, readable on disk 0, sockets
    beyond this machine 0, order kept, and every doubt shown.
    """
    calm = await trial(ground, Fault("undisturbed", story.whole))
    deaths = [kills.kill_at(story.short, kills.Step(place, 5)) for place in PLACES]
    assert what_broke([calm, *await trials(ground, [*deaths, *sends.short_faults()])]) == []
