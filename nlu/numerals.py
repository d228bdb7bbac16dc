"""Numbers as people write them: digits of every script, Han and Ethiopic numerals."""

from __future__ import annotations

import re
import unicodedata

HAN = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_HAN_TEN = "十"
_HAN_RUN = re.compile(f"[{''.join(HAN)}{_HAN_TEN}廿]+")
_ETHIOPIC_RUN = re.compile("[፩-፼]+")
_DIGIT_RUN = re.compile(r"\d+")


def in_digits(text: str) -> str:
    """Return the text with every small number in ASCII digits; its length may change.

    Digits of any script become ASCII's; runs of Han (一 to 九十九) and Ethiopic (፩ to ፺፱) numerals become
    what they add up to. What is no such number stays.
    """
    plain = _DIGIT_RUN.sub(lambda run: "".join(str(unicodedata.digit(c)) for c in run[0]), text)
    plain = _ETHIOPIC_RUN.sub(lambda run: f" {_ethiopic(run[0])} ", plain)
    return _HAN_RUN.sub(lambda run: _han(run[0]), plain)


def _ethiopic(run: str) -> str:
    total = sum(int(unicodedata.numeric(numeral)) for numeral in run)
    return str(total) if total < 100 else run


def _han(run: str) -> str:
    plain = run.replace("廿", "二十")
    if _HAN_TEN not in plain:
        # A lone 一 is mostly the word "one" or part of another word: only runs count up digit by digit.
        return "".join(str(HAN[c]) for c in plain) if len(plain) == 2 else run
    tens, _, ones = plain.partition(_HAN_TEN)
    if len(tens) > 1 or len(ones) > 1 or (ones and ones not in HAN):
        return run
    return str((HAN[tens] if tens else 1) * 10 + (HAN[ones] if ones else 0))
