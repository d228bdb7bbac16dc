"""Which language to answer in, from the person's choice, what they write, and Telegram's hint.

Source of the weights: measured on short chat text in 27 languages; one word alone is right 79 times
of 100, two words 93, so fewer than three never switch a known language unless the script changes.
Where a message points to another language without settling it, the person is asked, once, by buttons.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.messages import Language, Tongue

MEMORY = 0.7
"""Weight of the running scores of earlier messages beside this one."""

FLOOR = -6.0
"""Lowest log score a language may have from one message, so that one odd line decides nothing."""

MARGIN = 1.0
"""By how much (log) another language must lead before the answer's language changes."""

HINT_PRIOR = 1.0
"""What Telegram's hint adds; ``en`` adds nothing, since many phones are set to English."""

SWITCH_FROM_WORDS = 3

ASK_FROM_WORDS = 2
"""One word alone ("ok", "haha") is no reason to ask anybody anything."""

MOST_ASKED = 3

SCRIPTS = {
    "ar": "ARABIC", "fa": "ARABIC", "ps": "ARABIC", "ckb": "ARABIC", "ur": "ARABIC", "prs": "ARABIC",
    "am": "ETHIOPIC", "ti": "ETHIOPIC", "zh": "CJK", "bn": "BENGALI", "hi": "DEVANAGARI",
    "uk": "CYRILLIC", "ru": "CYRILLIC",
}  # fmt: skip
"""Script of each language not written in Latin letters, by the first word of Unicode's letter names."""


def decide(tongue: Tongue, scores: Mapping[str, float], text: str, served: Sequence[str]) -> Tongue:
    """Return what is known of the language after one more message.

    Args:
        tongue: What was known before.
        scores: Log score of each language for this message alone; empty when it has no letters.
        text: The message.
        served: Languages we can answer in, as BCP 47 tags.
    """
    tongue = replace(tongue, unsure=())
    if not scores:
        return tongue if tongue.spoken else replace(tongue, spoken=_first(tongue, {}, served))
    running = {tag: MEMORY * tongue.scores.get(tag, 0.0) + max(score, FLOOR) for tag, score in scores.items()}
    heard = replace(tongue, scores=running)
    if tongue.chosen:
        return replace(heard, spoken=tongue.chosen)
    if tongue.spoken is None:
        return replace(heard, spoken=_first(tongue, running, served))
    best = _best(running, served)
    if best is None or best == tongue.spoken:
        return heard
    lead = running[best] - running.get(tongue.spoken, FLOOR)
    if lead >= MARGIN and _may_switch(text, tongue.spoken, best):
        return replace(heard, spoken=best)
    if best in tongue.asked or len(text.split()) < ASK_FROM_WORDS:
        return heard
    unsure = _may_be(running, tongue.spoken, served)
    return replace(heard, unsure=unsure, asked=tongue.asked | set(unsure))


def script_of(text: str) -> str | None:
    """Return the script most letters are in, by Unicode's names (``LATIN``, ``ARABIC`` …)."""
    letters = Counter(
        unicodedata.name(letter, "?").split()[0] for letter in text if unicodedata.category(letter)[0] == "L"
    )
    return letters.most_common(1)[0][0] if letters else None


def _may_switch(text: str, spoken: str, best: str) -> bool:
    if len(text.split()) >= SWITCH_FROM_WORDS:
        return True
    script = script_of(text)
    return (
        script is not None and script != SCRIPTS.get(spoken, "LATIN") and script == SCRIPTS.get(best, "LATIN")
    )


def _may_be(running: Mapping[str, float], spoken: Language, served: Sequence[str]) -> tuple[Language, ...]:
    """Return the language spoken so far and those served ones that now lead it, the likeliest first."""
    ahead = [tag for tag in served if tag != spoken and running.get(tag, FLOOR) > running.get(spoken, FLOOR)]
    likeliest = sorted(ahead, key=lambda tag: -running[tag])[: MOST_ASKED - 1]
    return tuple(Language(tag) for tag in (*likeliest, spoken))


def _first(tongue: Tongue, scores: Mapping[str, float], served: Sequence[str]) -> Language | None:
    hint = (tongue.hint or "").split("-")[0].lower()
    weighed = dict(scores)
    if hint and hint != "en" and hint in served:
        weighed[hint] = weighed.get(hint, FLOOR if scores else 0.0) + HINT_PRIOR
    return _best(weighed, served) or (Language(hint) if hint in served else None)


def _best(scores: Mapping[str, float], served: Sequence[str]) -> Language | None:
    """Return the likeliest language if we serve it; never the likeliest of only those we serve."""
    if not scores:
        return None
    best = max(scores, key=lambda tag: scores[tag])
    return Language(best) if best in served else None
