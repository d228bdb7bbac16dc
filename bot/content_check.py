"""What a trainer must mend before a change goes live: checks over `stories/`, `nlu/examples/`, `guidance/`.

Every finding names the file or the response and says what to do. Training contradictions are found
by the dry training that `harbour check` runs after these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot import catalogues, tone
from bot.errors import BadCatalogue
from bot.guidance.facts import load_facts
from bot.thoughts import shortages
from bot.words import PLACEHOLDER, Variation, parse_payload, read_responses
from bot.yaml_files import example_lines, read_yaml

MOST_WORDS = 90
LONGEST_BUTTON = 24

CODE_VALUES = frozenset(
    {
        "code",
        "alias",
        "language",
        "need",
        "urgency",
        "state",
        "kind",
        "what",
        "count",
        "place",
        "source",
        "checked",
    }
    | {"my_language"}
)
"""Placeholders that our code fills; every other one must come from `guidance/`."""

FOR_ADVOCATES = "adv_"
"""How the names of texts begin that only adults read."""

OF_RIGHTS = ("rights", "cards")
"""Files of responses (`responses_<this>…`) in which every text has a source."""

NUMBERS = ("_phone}", "_text}")
"""Placeholders that are a number somebody may ring or text."""

BUTTON_ONLY = frozenset(
    {"location_shared", "show_menu", "nlu_fallback", "who_can_help", "show_card", "show_source"}
    | {"where_clue", "read_sign"}
)
"""Intents nobody types."""


@dataclass(frozen=True)
class Finding:
    """One thing to mend; ``blocks`` when it must be mended before a release."""

    where: str
    what: str
    blocks: bool = True


def findings(root: Path) -> list[Finding]:
    """Return everything found wrong below ``root``, the blocking ones first."""
    try:
        found = [*_responses(root), *_sources(root), *_examples(root), *_rules(root), *_catalogues(root)]
    except BadCatalogue as problem:
        return [Finding("content", str(problem))]
    return sorted(found, key=lambda finding: (not finding.blocks, finding.where))


def intents(root: Path) -> list[str]:
    """Return the intents the domain declares."""
    names: list[str] = []
    for file in sorted((root / "stories" / "domain").rglob("*.yml")):
        for entry in read_yaml(file).get("intents") or ():
            names.append(entry if isinstance(entry, str) else next(iter(entry)))
    return names


def _responses(root: Path) -> Iterator[Finding]:
    facts = load_facts(root / "guidance")
    known = set(intents(root))
    for name, variations in read_responses(root / "stories" / "domain").items():
        for variation in variations:
            yield from _variation(name, variation, set(facts), known)


def _variation(name: str, variation: Variation, facts: set[str], known: set[str]) -> Iterator[Finding]:
    words = len(variation.text.split())
    if words > MOST_WORDS:
        yield Finding(name, f"has {words} words; the most is {MOST_WORDS}. Say it in two messages.")
    if not name.startswith(FOR_ADVOCATES):
        yield from _tone(name, variation.text)
    for placeholder in PLACEHOLDER.findall(variation.text):
        if placeholder not in facts and placeholder not in CODE_VALUES:
            yield Finding(name, f"uses {{{placeholder}}}, which guidance/ does not have.")
    for title, payload in variation.buttons:
        if len(title) > LONGEST_BUTTON:
            yield Finding(name, f"the button «{title}» is longer than {LONGEST_BUTTON} characters.")
        if parse_payload(payload).values["intent"] not in known:
            yield Finding(name, f"the button «{title}» leads to {payload}, which is no intent.")


def _tone(name: str, text: str) -> Iterator[Finding]:
    for wording, wrong in tone.unkind(text):
        yield Finding(name, f"«{wording}» {wrong}. See docs/tone.md.")
    hardest = tone.HARDEST_CARD if name.endswith("_card") else tone.HARDEST_GRADE
    grade = tone.grade(text)
    if grade is not None and grade > hardest:
        yield Finding(
            name, f"reads at grade {grade}; the most is {hardest}. Use shorter sentences and words."
        )


def _sources(root: Path) -> Iterator[Finding]:
    """A text about rights, or with a number in it, says where that was read, and when."""
    for file in sorted((root / "stories" / "domain").rglob("responses_*.yml")):
        topic = file.stem.removeprefix("responses_")
        for name, entries in (read_yaml(file).get("responses") or {}).items():
            for entry in entries:
                about = entry.get("metadata") or {}
                needs = topic.startswith(OF_RIGHTS) or any(mark in entry["text"] for mark in NUMBERS)
                if needs and not (about.get("source") and about.get("checked")):
                    yield Finding(name, "has no source, or no day it was checked. Add both to its metadata.")


def _examples(root: Path) -> Iterator[Finding]:
    folders = sorted(folder for folder in (root / "nlu" / "examples").iterdir() if folder.is_dir())
    for folder in folders:
        lines = read_examples(folder)
        for intent in sorted(set(intents(root)) - BUTTON_ONLY - set(lines)):
            yield Finding(f"nlu/examples/{folder.name}", f"has no line for {intent}.", blocks=False)
        for short in shortages(folder.name, lines):
            yield Finding(
                f"nlu/examples/{folder.name}",
                f"{short.need} has {short.thoughts} thoughts of its own; {short.wanted} are wanted.",
                blocks=False,
            )
        seen: dict[str, str] = {}
        for intent, texts in lines.items():
            for text in texts:
                other = seen.setdefault(text.casefold(), intent)
                if other != intent:
                    yield Finding(
                        f"nlu/examples/{folder.name}",
                        f"one line stands under both {other} and {intent}. Keep it under one.",
                    )


def read_examples(folder: Path) -> dict[str, list[str]]:
    """Return the example lines of one language by intent."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("*.yml")):
        for entry in read_yaml(file).get("nlu") or ():
            if "intent" in entry:
                found[entry["intent"]] += example_lines(entry)
    return dict(found)


def _rules(root: Path) -> Iterator[Finding]:
    used = {
        step["intent"]
        for file in sorted((root / "stories" / "topics").rglob("*.yml"))
        for kind in ("rules", "stories")
        for told in read_yaml(file).get(kind) or ()
        for step in told.get("steps") or ()
        if isinstance(step, dict) and "intent" in step
    }
    for intent in sorted(set(intents(root)) - used):
        yield Finding("stories/topics", f"no rule or story answers {intent}.")


def _catalogues(root: Path) -> Iterator[Finding]:
    for row in catalogues.count(root):
        where = f"stories/locale/{row.language}"
        for name in row.wrong_placeholders:
            yield Finding(where, f"the placeholders of {name} differ from the English.")
        if row.missing or row.fuzzy:
            yield Finding(where, f"{row.missing} texts are missing and {row.fuzzy} are stale.", blocks=False)
        if row.unreviewed:
            yield Finding(where, f"{row.unreviewed} of {row.entries} texts are unreviewed.", blocks=False)
