"""Which language is answered in: choice over writing, writing over hint, and no switch on a short word."""

from __future__ import annotations

from bot.conversation.language import decide, script_of
from bot.messages import Language, Tongue

SERVED = ["en", "vi", "ar"]


def scores(**of: float) -> dict[str, float]:
    return {"en": -5.0, "vi": -5.0, "ar": -5.0, **of}


def test_a_choice_always_wins():
    """Someone who chose Arabic and writes English is answered in Arabic."""
    tongue = Tongue(chosen=Language("ar"), spoken=Language("ar"))
    assert decide(tongue, scores(en=0.0), "please help me now today", SERVED).spoken == "ar"


def test_the_first_words_decide_without_a_hint():
    assert decide(Tongue(), scores(vi=-0.1), "em can giup voi", SERVED).spoken == "vi"


def test_an_english_hint_says_nothing():
    """Many phones are set to English: the hint must not outweigh what is written."""
    assert decide(Tongue(hint="en"), scores(vi=-0.5, en=-0.9), "em o dau", SERVED).spoken == "vi"


def test_another_hint_settles_a_close_call():
    assert decide(Tongue(hint="vi"), scores(vi=-0.9, en=-0.5), "help em", SERVED).spoken == "vi"


def test_a_hint_is_all_there_is_before_letters():
    assert decide(Tongue(hint="ar"), {}, "😭", SERVED).spoken == "ar"


def test_two_words_never_switch():
    tongue = Tongue(spoken=Language("vi"))
    assert decide(tongue, scores(en=0.0), "ok thanks", SERVED).spoken == "vi"


def test_a_long_message_switches():
    tongue = Tongue(spoken=Language("vi"))
    text = "please can we speak in english"
    assert decide(tongue, scores(en=0.0), text, SERVED).spoken == "en"


def test_one_word_in_another_script_switches():
    tongue = Tongue(spoken=Language("en"))
    assert decide(tongue, scores(ar=0.0), "ساعدوني", SERVED).spoken == "ar"


def test_a_close_call_keeps_the_language():
    tongue = Tongue(spoken=Language("vi"))
    assert decide(tongue, scores(en=-0.4, vi=-0.9), "boss passport police em", SERVED).spoken == "vi"


def test_a_language_we_do_not_serve_is_not_mistaken_for_one_we_do():
    heard = decide(Tongue(), scores(ti=0.0), "ሓገዝ የድልየኒ ኣሎ", SERVED)
    assert heard.spoken is None
    assert max(heard.scores, key=heard.scores.__getitem__) == "ti"


def test_scripts_are_told_apart():
    assert [script_of(t) for t in ("help", "ساعدوني", "ሓገዝ", "帮助", "123 😭")] == [
        "LATIN",
        "ARABIC",
        "ETHIOPIC",
        "CJK",
        None,
    ]


def test_a_close_call_is_asked_about_once():
    """Neither language is settled: both stand to choose from, and the same question does not come again."""
    tongue = Tongue(spoken=Language("vi"))
    heard = decide(tongue, scores(en=-0.4, vi=-0.9), "boss passport police em", SERVED)
    assert heard.spoken == "vi"
    assert heard.unsure == ("en", "vi")
    again = decide(heard, scores(en=-0.4, vi=-0.9), "boss passport police em", SERVED)
    assert again.unsure == ()


def test_two_words_of_another_language_are_asked_about_not_followed():
    heard = decide(Tongue(spoken=Language("vi")), scores(en=0.0), "ok thanks", SERVED)
    assert (heard.spoken, heard.unsure) == ("vi", ("en", "vi"))


def test_one_short_word_asks_nothing():
    assert decide(Tongue(spoken=Language("vi")), scores(en=0.0), "bye", SERVED).unsure == ()


def test_who_chose_is_never_asked():
    tongue = Tongue(chosen=Language("ar"), spoken=Language("ar"))
    assert decide(tongue, scores(en=0.0), "ok thanks", SERVED).unsure == ()
