"""The writer's own age in a message, and nothing that only looks like it.

A number counts if the writer says it of themselves: behind "I am", before "years", or alone. It does not
count beside somebody else, another time, money, hours, or what others claim ("they say I am 19"). A misread
age must never take a child's protection away, so nothing here says that somebody is an adult: see ``band``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.lexicon import Lexicon, folded

YOUNGEST, OLDEST = 8, 25
ADULT = 18

NEAR_BEFORE, NEAR_BEHIND = 36, 24
"""Characters in which a word on either side of a number says whose it is; never past the end of a clause."""

_CLAUSE = re.compile(r"[,.;:!?،؛؟。，；！？፣።፤\n]+|\s-\s|\s–\s|(?<=[一-鿿]) (?=[一-鿿])")
_DIGITS = re.compile(r"(?<![\d.,:+/£$€#-])\d{1,2}(?![\d%£$€]|[.,:/]\d|h\b|x\b)")


def own_ages(text: str, lexicons: Sequence[Lexicon]) -> list[int]:
    """Return the ages the writer gives themselves, in their order, between 8 and 25.

    Args:
        text: The message.
        lexicons: Words of the languages it may be in, the likeliest first.
    """
    found = []
    clauses = [clause.strip() for clause in _CLAUSE.split(folded(text)) if clause.strip()]
    for clause in clauses:
        numbers = _numbers(clause, lexicons)
        ends = [0, *(end for _, end, _ in numbers)]
        starts = [*(start for start, _, _ in numbers[1:]), len(clause)]
        for (start, end, value), floor, ceiling in zip(numbers, ends, starts, strict=False):
            # What stands beyond another number belongs to that one.
            before, behind = clause[floor:start], clause[end:ceiling]
            alone = len(clauses) == 1 and not before.strip() and not behind.strip()
            if YOUNGEST <= value <= OLDEST and (alone or _is_own(before, behind, lexicons)):
                found.append(value)
    return found


def band(ages: Sequence[int]) -> str | None:
    """Return ``under_18`` if any of the ages is; that somebody is an adult only they may say."""
    return "under_18" if any(age < ADULT for age in ages) else None


def _numbers(clause: str, lexicons: Sequence[Lexicon]) -> list[tuple[int, int, int]]:
    found = [(m.start(), m.end(), int(m[0])) for m in _DIGITS.finditer(clause)]
    for lexicon in lexicons:
        for match in lexicon.number.finditer(clause):
            if all(match.end() <= start or match.start() >= end for start, end, _ in found):
                found.append((match.start(), match.end(), lexicon.numbers[match[0]]))
    return sorted(found)


def _is_own(before: str, behind: str, lexicons: Sequence[Lexicon]) -> bool:
    before, behind = _last_words(before), _first_words(behind)
    for lexicon in lexicons:
        if any(
            word.search(side) for word in (lexicon.doubted, lexicon.not_my_age) for side in (before, behind)
        ):
            return False
    years = any((m := lexicon.years.search(behind)) and m.start() <= 2 for lexicon in lexicons)
    years = years or any(_ends_with(lexicon.years, before) for lexicon in lexicons)
    mine = any(_ends_with(lexicon.my_age, before) for lexicon in lexicons)
    return years or mine


def _last_words(before: str) -> str:
    """Return the end of what stands before, in whole words."""
    return before if len(before) <= NEAR_BEFORE else before[-NEAR_BEFORE:].partition(" ")[2]


def _first_words(behind: str) -> str:
    """Return the beginning of what stands behind, in whole words."""
    return behind if len(behind) <= NEAR_BEHIND else behind[:NEAR_BEHIND].rpartition(" ")[0]


def _ends_with(pattern: re.Pattern[str], before: str) -> bool:
    stripped = before.rstrip()
    return any(match.end() >= len(stripped) - 8 for match in pattern.finditer(stripped))
