"""Language identification: what careful text and hurried examples say together."""

from __future__ import annotations

import pytest

from nlu.tongues import Tongues, careful_guess

LINES = [
    ("I am locked in the house and they took my passport", "en"),
    ("please help me I want to go home", "en"),
    ("where is the police station please", "en"),
    ("em bị nhốt trong nhà và họ lấy hộ chiếu của em", "vi"),
    ("em bi nhot trong nha va ho lay ho chieu cua em", "vi"),
    ("lam on giup em voi em muon ve nha", "vi"),
    ("أنا محبوس في البيت وأخذوا جوازي", "ar"),
    ("ana ma7boos fel beit w 5ado gawazi", "ar"),
    ("sa3doni ana 3ayez arou7 el beit", "ar"),
]


@pytest.fixture(scope="module")
def tongues() -> Tongues:
    return Tongues.learn(LINES)


@pytest.mark.parametrize(
    ("text", "script", "tag"),
    [
        ("they took my passport", "LATIN", "en"),
        ("ho lay ho chieu", "LATIN", "vi"),
        ("em muon ve nha", "LATIN", "vi"),
        ("ana 3ayez gawazi", "LATIN", "ar"),
        ("أخذوا جوازي", "ARABIC", "ar"),
    ],
)
def test_hurried_text_is_known_by_its_examples(tongues: Tongues, text: str, script: str, tag: str) -> None:
    chances, trust = tongues.guess(text, script)
    assert max(chances, key=lambda t: chances[t]) == tag
    assert trust > 0.5


def test_what_was_never_seen_is_not_trusted(tongues: Tongues) -> None:
    _, trust = tongues.guess("Unë dua të shkoj në shtëpi, ju lutem më ndihmoni", "LATIN")
    assert trust < 0.3
    assert tongues.guess("እርዱኝ", "ETHIOPIC") == ({}, 0.0)
    assert tongues.guess("", "LATIN") == ({}, 0.0)


@pytest.mark.parametrize(
    ("text", "script", "tag"),
    [
        ("Unë dua të shkoj në shtëpi, ju lutem më ndihmoni", "LATIN", "sq"),
        ("Waxaan u baahanahay caawimaad fadlan", "LATIN", "so"),
        ("ብኽብረትኩም ሓግዙኒ ናብ ገዛይ ክኸይድ ይደሊ", "ETHIOPIC", "ti"),
        ("لطفا به من کمک کنید می‌خواهم به خانه بروم", "ARABIC", "fa"),
    ],
)
def test_careful_text_of_other_languages_is_named(text: str, script: str, tag: str) -> None:
    chances = careful_guess(text, script)
    assert max(chances, key=lambda t: chances[t]) == tag


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "👍", "zzzz"])
def test_odd_text_is_no_error(text: str) -> None:
    assert isinstance(careful_guess(text, "LATIN"), dict)
