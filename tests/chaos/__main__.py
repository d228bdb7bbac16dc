"""`python -m tests.chaos`: the long form. Prints a table; status 1 if anything did not hold."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.engine import releases
from bot.settings import load
from tests.chaos import disk, engine_faults, kills, processes, sends, story, updates
from tests.chaos.report import Part, Progress, table, what_broke, write
from tests.chaos.service import ROOT
from tests.chaos.trial import Fault, Ground, late, trials
from tests.chaos.world import make_template

LEAST_STEPS = 60
PAIRS = 24
WHOLE_SAMPLES = 40

Kind = Callable[[Ground, argparse.Namespace], Awaitable[list[Part]]]


async def every_step(ground: Ground, told: argparse.Namespace) -> list[Part]:
    """F1: each step of one person's road; a spread of the whole story's; and pairs."""
    steps, calm = await kills.count_steps(ground, story.road)
    whole_steps, whole_calm = await kills.count_steps(ground, story.whole)
    sys.stderr.write(f"K = {len(steps)} steps of one road, {len(whole_steps)} of the whole story\n")
    if told.only:
        steps = [step for step in steps if re.search(told.only, str(step))]
    singles = [kills.kill_at(story.road, step) for step in steps[:: told.every]]
    spread = [] if told.only else kills.one_of_each(whole_steps, told.samples)
    others = [kills.kill_at(story.whole, step) for step in spread]
    twice = [kills.kill_at(story.road, *pair) for pair in kills.pairs(steps, told.pairs, told.seed)]
    parts = [Part("undisturbed", [calm, whole_calm])]
    if not told.only and len(steps) < LEAST_STEPS:
        parts[0].outcomes[0] = calm.with_wrong([f"only {len(steps)} steps"])
    for name, faults in (
        (f"F1 kill -9 at each of K = {len(steps)} steps", singles),
        ("F1 kill -9, whole story, spread", others),
        ("F1 kill -9 twice", twice),
    ):
        parts.append(await _part(ground, name, faults))
    return parts


async def _part(ground: Ground, name: str, faults: Sequence[Fault]) -> Part:
    found = await trials(ground, faults, told=Progress(name, len(faults)))
    return Part(name, [late(outcome) for outcome in found])


def _simple(name: str, faults: Callable[[], Sequence[Fault]]) -> Kind:
    async def run(ground: Ground, told: argparse.Namespace) -> list[Part]:
        chosen = [fault for fault in faults() if re.search(told.only or "", fault.name)]
        return [await _part(ground, name, chosen)]

    return run


KINDS: dict[str, Kind] = {
    "kills": every_step,
    "sends": _simple("F2 Telegram's faults", sends.faults),
    "updates": _simple("F3 updates", updates.faults),
    "disk": _simple("F4 database", disk.faults),
    "engine": _simple("F6 engine", engine_faults.faults),
    "processes": _simple("F8 processes and starts", processes.faults),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("kinds", nargs="*", metavar="kind", help=f"of {', '.join(KINDS)} (default: all)")
    parser.add_argument("--only", default="", help="a pattern; only faults whose name it is found in")
    parser.add_argument("--every", type=int, default=1, help="only every n-th step of the road")
    parser.add_argument("--samples", type=int, default=WHOLE_SAMPLES, help="steps of the whole story")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how many random pairs of steps")
    parser.add_argument("--seed", type=int, default=1, help="for the pairs")
    parser.add_argument("--folder", type=Path, help="keep the worlds there (default: a temporary folder)")
    parser.add_argument("--results", type=Path, default=ROOT / "results" / "chaos.json")
    told = parser.parse_args()
    unknown = set(told.kinds) - set(KINDS)
    if unknown:
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    return told


async def _run(told: argparse.Namespace, folder: Path) -> int:
    models = load().models_dir
    if releases.current(models) is None:
        sys.stderr.write("There is no model yet. Run `harbour train` first.\n")
        return 2
    began = time.monotonic()
    ground = Ground(folder / "worlds", models, await make_template(folder, models), keep=bool(told.folder))
    parts: list[Part] = []
    for name in told.kinds or KINDS:
        parts += await KINDS[name](ground, told)
        write(parts, told.results)
    sys.stdout.write(f"\n{table(parts)}\n\n")
    broken = what_broke(parts)
    for line in broken:
        sys.stdout.write(f"NOT HELD {line}\n")
    for part in parts:
        for outcome in part.outcomes:
            if outcome.note:
                sys.stdout.write(f"{outcome.fault}: {outcome.note}\n")
    load_now = os.getloadavg()[0]
    sys.stdout.write(f"{time.monotonic() - began:.0f} s, load at the end {load_now:.1f}\n")
    return 1 if broken else 0


def main() -> int:
    """Run what was asked for."""
    told = _arguments()
    if told.folder is not None:
        return asyncio.run(_run(told, told.folder))
    with tempfile.TemporaryDirectory(prefix="harbour-chaos-") as folder:
        return asyncio.run(_run(told, Path(folder)))


if __name__ == "__main__":
    raise SystemExit(main())
