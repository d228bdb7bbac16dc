"""`python -m benchmarks.robustness`: the current model on spoilt lines, unknown languages and bad input.

Asks the engine as the service does, and prints tables.
"""

from __future__ import annotations

import asyncio
import dataclasses
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import settings as settings_of
from bot.commands.engine import engine_of
from bot.conversation.ports import Engine
from bot.evaluation.asking import ask
from bot.evaluation.figures import figures
from bot.evaluation.split import Line, read_lines, read_split
from nlu.letters import bare
from tools.encoder.noise import slip

EVERY = 6
"""Every so many held-out lines are asked."""

LETTERS_A_SLIP = 12

ZERO = Path("tests") / "no_examples"

BAD = {
    "nothing": "",
    "blanks": " \n\t ",
    "one letter": "a",
    "only emoji": "😭😭🙏",
    "only digits": "07700 900123",
    "100,000 characters": "help me " * 12_500,
    "100,000 of one letter": "a" * 100_000,
    "mixed scripts": "помоги me أرجوك 请 እባክህ",
    "controls": "he\x00lp \x1b[31mme\x07 now\x7f",
    "bidi marks": "\u202ehe locked me\u202c \u2066in\u2069",
    "look-alike letters": "һе lосkеd mе іn",
    "lone surrogate": "help \ud800 me",
    "private use": "\ue000\uf8ff\U000f0000",
    "combining marks": "h" + "\u0301" * 500 + "elp",
    "a command": "/restart",
    "JSON": '{"intent": "greet"}',
}


def main() -> int:
    """Measure and print."""
    return asyncio.run(_main())


async def _main() -> int:
    settings = settings_of.load()
    lines = read_split(settings.root).lines[::EVERY]
    engine = await engine_of(settings)
    try:
        await _spoilt(engine, lines)
        await _zero(engine, settings.root)
        await _bad(engine)
    finally:
        await engine.stop()
    return 0


async def _spoilt(engine: Engine, lines: Sequence[Line]) -> None:
    chance = random.Random(1)
    others = [line.text for line in lines if line.intent == "out_of_scope" and len(line.text) > 30]

    def typos(text: str) -> str:
        for _ in range(max(1, len(text) // LETTERS_A_SLIP)):
            text = slip(text, chance) if len(text) > 3 else text
        return text

    def stretched(text: str) -> str:
        words = text.split()
        at = chance.randrange(len(words))
        words[at] += words[at][-1] * 4
        return " ".join(words)

    def rambling(text: str) -> str:
        half = [chance.choice(others) for _ in range(6)]
        before, behind = ". ".join(half[:3]), ". ".join(half[3:])
        return f"{before[:480]}. {text}. {behind[:480]}"

    ways: dict[str, Callable[[str], str]] = {
        "as written": str,
        "a slip every twelve letters": typos,
        "no accents": bare,
        "a stretched word": stretched,
        "emoji": lambda text: f"😭 {text} 🙏🙏",
        "capitals": str.upper,
        "in the middle of 1,000 characters": rambling,
    }
    sys.stdout.write(
        f"{len(lines)} held-out lines\n\n| | right | danger recall | false alarms |\n|---|---:|---:|---:|\n"
    )
    for name, spoil in ways.items():
        spoilt = [dataclasses.replace(line, text=spoil(line.text)) for line in lines]
        told = figures(await ask(engine, spoilt))
        _row(name, told["macro_accuracy"], told["danger"]["recall"], told["danger"]["false_alarms"])


async def _zero(engine: Engine, root: Path) -> None:
    sys.stdout.write(
        "\n| no examples | lines | right | first three | danger recall | false alarms |\n"
        "|---|---:|---:|---:|---:|---:|\n"
    )
    for file in sorted((root / ZERO).glob("*.yml")):
        lines = list(read_lines(file))
        told = figures(await ask(engine, lines))
        sys.stdout.write(f"| {file.stem} | {len(lines)}")
        _row("", told["macro_accuracy"], told["top_three"], told["danger"]["recall"],
             told["danger"]["false_alarms"])  # fmt: skip


async def _bad(engine: Engine) -> None:
    sys.stdout.write("\n| input | need | danger | language | ms |\n|---|---|---|---|---:|\n")
    for name, text in BAD.items():
        began = time.perf_counter()
        heard = await engine.parse(text)
        ms = (time.perf_counter() - began) * 1000
        sys.stdout.write(f"| {name} | {heard.intent} | {heard.danger} | {heard.language} | {ms:.0f} |\n")


def _row(name: str, *rates: float) -> None:
    sys.stdout.write(
        (f"| {name} " if name else " ") + "".join(f"| {100 * rate:.1f} % " for rate in rates) + "|\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
