"""One trial: a fresh world, something done to it, and the invariants afterwards."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import invariants
from tests.chaos.play import Play, Stuck
from tests.chaos.report import Outcome
from tests.chaos.world import World

Deed = Callable[[Play], Awaitable[None]]
"""Does something to a world and waits for what must follow; raises Stuck if it does not."""

BACK_SECONDS = 5.0


@dataclass
class Ground:
    """Where trials take place, and what each of their worlds starts from."""

    folder: Path
    models: Path
    template: Path
    keep: bool = False
    """Keep the folders of trials that held."""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def fresh(self) -> Path:
        """Return a folder nobody used."""
        return self.folder / f"{next(self._numbers):04}"

    async def open(self, *, limits: str = "off", template: bool = True) -> World:
        """Open a world with two advocates enrolled (or, without the template, with nothing yet)."""
        start = self.template if template else None
        return await World.open(self.fresh(), self.models, template=start, limits=limits)


@dataclass(frozen=True)
class Fault:
    """What is done to a world.

    ``lost_calls`` is how many sends to people end unknown; ``None``: the client may or may not know.
    """

    name: str
    deed: Deed
    failpoints: tuple[str, ...] = ()
    lost_calls: int | None = 0
    limits: str = "off"
    env: tuple[tuple[str, str], ...] = ()
    starts: bool = True
    """Whether the service is started, kept alive and ready before the deed begins."""


async def trial(ground: Ground, fault: Fault) -> Outcome:
    """Do it in a world of its own and see what held."""
    world = await ground.open(limits=fault.limits)
    world.env.update(dict(fault.env))
    play = Play(world)
    try:
        if fault.starts:
            world.keep_alive(*fault.failpoints)
        wrong = await _done(play, fault)
        run, found = await invariants.end(play, lost_calls=fault.lost_calls)
        outcome = Outcome(
            fault=fault.name,
            wrong=(*wrong, *found),
            reached=len(world.deaths) if fault.failpoints else 1,
            ambiguous=invariants.ambiguous(run),
            surfaced=invariants.shown_doubts(run),
            back_seconds=tuple(d.back_seconds for d in world.deaths if d.back_seconds is not None),
            note=play.note,
        )
        if not outcome.held:
            ledger = await world.telegram.look("ledger")
            world.folder.with_suffix(".ledger.json").write_text(
                json.dumps(ledger, ensure_ascii=False, indent=1)
            )
    finally:
        await world.close()
    if outcome.held and not ground.keep:
        shutil.rmtree(world.folder)
    return outcome


async def _done(play: Play, fault: Fault) -> list[str]:
    broken: list[BaseException] = []
    try:
        if fault.starts:
            await play.world.ready()
        await fault.deed(play)
    except* (AssertionError, TimeoutError) as group:
        broken = _leaves(group)
    return [f"I1 {error}" if isinstance(error, Stuck) else repr(error) for error in broken]


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


def late(outcome: Outcome) -> Outcome:
    """Return the outcome, broken if a way back took longer than it may."""
    slow = [f"back after {back:.1f} s" for back in outcome.back_seconds if back > BACK_SECONDS]
    return outcome.with_wrong(slow)


async def trials(
    ground: Ground,
    faults: Sequence[Fault],
    *,
    side_by_side: int = 2,
    told: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Try every fault, a few side by side; one that did not strike is tried again."""
    places = asyncio.Semaphore(side_by_side)

    async def one(fault: Fault) -> Outcome:
        async with places:
            for _ in range(3):
                outcome = await trial(ground, fault)
                if outcome.wrong or outcome.reached:
                    break
            told(outcome)
            return outcome

    return list(await asyncio.gather(*(one(fault) for fault in faults)))
