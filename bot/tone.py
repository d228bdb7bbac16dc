"""Plain and kind: what our English texts for young people may not say, and how hard they may be to read.

Every rule has its reason in `docs/tone.md`, and its source there. The reading grade is Flesch-Kincaid's, by
textstat: US school grade 4 is nine to ten years old.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import textstat

HARDEST_GRADE = 4.5
"""Flesch-Kincaid grade of a text for a young person."""

HARDEST_CARD = 5.5
"""The same of a card, which adults read."""

FEWEST_WORDS = 20
"""Shorter texts have no grade worth the name: one long word makes it."""

_BLAME = (
    r"illegals?|prostitut\w*|run\s?aways?|liars?|lying|smuggled|why did(?:n.t| not)? you"
    r"|you should have (?:told|said|left|known|run|asked|gone)"
)
_VERDICT = r"you are (?:a )?(?:victims?|trafficked|guilty|not guilty)|i believe (?:you|your)|they are wrong"
_PROMISE = (
    r"i promise|guarantees?d?|trust me|do not worry|don.t worry|nothing to fear|nobody will know|100 ?%"
    r"|you(?:.re| are| will be) safe|we will keep you safe|nobody will ever know"
    r"|(?<!if )(?<!says )(?<!say )(?<!that )(?<!what )you(?: will|.ll) "
    r"(?:get|win|be believed|be paid|be allowed)"
    r"|(?:they|police) (?:must|will) (?:release|not arrest)|it stays secret"
)
_PROBING = (
    r"what happened to you\?|what did (?:he|she|they) do|who (?:did|hurt|hit) |tell me what happened"
    r"|how did you (?:come|get) here|where do you live|what is your name|how long (?:did|have) "
)
_ORDERS = r"you must not|you have to tell|collect evidence|run away|fight back|plead"

RULES = (
    (re.compile(rf"\b(?:{_BLAME})", re.IGNORECASE), "blames or labels"),
    (re.compile(rf"\b(?:{_VERDICT})", re.IGNORECASE), "gives a verdict"),
    (re.compile(rf"\b(?:{_PROMISE})", re.IGNORECASE), "promises"),
    (re.compile(rf"\b(?:{_PROBING})", re.IGNORECASE), "asks about what happened"),
    (re.compile(rf"\b(?:{_ORDERS})", re.IGNORECASE), "orders something risky"),
)

_PLACEHOLDER = re.compile(r"\{\w+\}")
_GLOSS = re.compile(r"\([^)]*\)")
_NO_LETTERS = re.compile(r"[^\w\s.,?!:']")


def unkind(text: str) -> Iterator[tuple[str, str]]:
    """Yield each forbidden wording of an English text, and what is wrong with it."""
    for pattern, wrong in RULES:
        for found in pattern.finditer(text):
            yield found.group(0), wrong


def grade(text: str) -> float | None:
    """Return how hard an English text is to read; ``None`` where it is too short to say.

    Placeholders count as one short word, English names in brackets are passed over.
    """
    bare = _NO_LETTERS.sub("", _GLOSS.sub("", _PLACEHOLDER.sub("it", text)))
    bare = bare.replace("\n\n", ". ").replace("..", ".").replace("?.", "?").replace(":.", ":")
    if len(bare.split()) < FEWEST_WORDS:
        return None
    return float(textstat.flesch_kincaid_grade(bare))
