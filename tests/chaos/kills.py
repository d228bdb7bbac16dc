"""F1: pull the plug at every numbered step, start again, and see that nothing is lost or said twice."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.report import Outcome
from tests.chaos.trial import Deed, Fault, Ground, trial

LOOPS = re.compile(r"storage\.(before|after)-commit|inbox\.(before|after)-claim|inbox\.claim\..*|timers\..*")
"""Steps that every idle second repeats, and reads: of these a spread is taken, of all others every hit."""

SPREAD = 6


@dataclass(frozen=True)
class Step:
    """The ``number``-th time the service comes by a place."""

    place: str
    number: int

    def __str__(self) -> str:
        return f"{self.place}:{self.number}"


async def count_steps(ground: Ground, story: Deed) -> tuple[list[Step], Outcome]:
    """Play the story undisturbed and return every step the service took, and whether all held."""
    ground.folder.mkdir(parents=True, exist_ok=True)
    names = ground.folder / f"steps-{story.__name__}.txt"
    names.unlink(missing_ok=True)
    outcome = await trial(ground, Fault("undisturbed", story, env=(("HARBOUR_FAILPOINT", f"count:{names}"),)))
    return steps_of(names.read_text().split()), outcome


def steps_of(names: Sequence[str]) -> list[Step]:
    """Return every step in the order it came; of loops and reads only a spread."""
    seen: Counter[str] = Counter()
    last = Counter(names)
    steps = []
    for name in names:
        seen[name] += 1
        if not LOOPS.fullmatch(name) or _in_spread(seen[name], last[name]):
            steps.append(Step(name, seen[name]))
    return steps


def _in_spread(number: int, last: int) -> bool:
    return number in {1 + at * (last - 1) // max(1, SPREAD - 1) for at in range(SPREAD)}


def kill_at(story: Deed, *steps: Step) -> Fault:
    """Return the fault that ends the service at the first step, and its next start at the second."""
    plan = tuple(f"kill:{step}" for step in steps)
    return Fault(" then ".join(plan), story, plan)


def pairs(steps: Sequence[Step], number: int, seed: int) -> list[tuple[Step, Step]]:
    """Return random pairs: a death, and a second one at an early step of the next start."""
    chosen = random.Random(seed)
    early = [step for step in steps if step.number <= 3]
    return [(chosen.choice(steps), chosen.choice(early)) for _ in range(number)]


def one_of_each(steps: Sequence[Step], number: int) -> list[Step]:
    """Return about ``number`` steps: each place's middle hit first, places spread over the whole walk."""
    by_place: dict[str, list[Step]] = {}
    for step in steps:
        by_place.setdefault(step.place, []).append(step)
    middles = [hits[len(hits) // 2] for hits in by_place.values()]
    stride = max(1, len(middles) // number)
    return middles[::stride][:number]
