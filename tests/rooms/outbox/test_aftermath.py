"""What follows from each end, for each kind of row: pure rules, nothing waits or sends here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import (
    Act,
    AdvocateId,
    Alarm,
    Button,
    MoveGroup,
    OpenTopic,
    Origin,
    Reach,
    React,
    Say,
    Send,
    SetReach,
    SetTimer,
    SetTopic,
    ShowCard,
    Timer,
    ToAdvocate,
    ToChat,
    ToTopic,
)
from bot.outbox.aftermath import Aftermath, Rules
from bot.outbox.ports import End, Refusal, Result, Row
from tests.support.ports import Notes
from tests.support.rows import CASE, GROUP, WHO, row, to_general, to_person, to_topic

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
RULES = Rules(Notes(), lambda: 1.0)
UNCERTAIN, SENT, NOT_SENT = Result(End.UNCERTAIN), Result(End.SENT, message=5), Result(End.NOT_SENT)


def after(of: Row, result: Result, topic_again: tuple[Alarm, ...] = ()) -> Aftermath:
    return RULES.after(of, result, NOW, topic_again)


def refused(refusal: Refusal) -> Result:
    return Result(End.REFUSED, refusal=refusal)


def from_advocate() -> Row:
    return to_person("hi", origin=Origin.ADVOCATE, case=CASE, answers=77, person=WHO)


def in_topic(text: str, *, urgent: bool = False) -> Send:
    return Send(ToTopic(CASE), Say(text), Origin.SYSTEM, urgent, CASE)


def test_once_sent_the_advocates_message_is_marked_as_delivered() -> None:
    """Shown only after Telegram has accepted it."""
    mark = Send(ToTopic(CASE), React(77, "👌"), Origin.SYSTEM, False, CASE)
    assert after(from_advocate(), SENT) == Aftermath(SENT, (mark,))


@pytest.mark.parametrize("of", [to_person("x"), to_topic("x", 7), to_topic("x", 7, answers=5)])
def test_nothing_else_follows_from_being_sent(of: Row) -> None:
    assert after(of, SENT) == Aftermath(SENT)


@pytest.mark.threat("T32")
def test_an_advocates_uncertain_message_is_shown_with_a_tap_to_repeat_and_not_repeated() -> None:
    of = from_advocate()
    button = Button("Send again", Act("resend", {"row": str(of.id)}))
    shown = Send(ToTopic(CASE), Say("uncertain", (button,)), Origin.SYSTEM, True, CASE)
    assert after(of, UNCERTAIN) == Aftermath(UNCERTAIN, (shown,))


@pytest.mark.threat("T32")
def test_the_bots_uncertain_answer_is_offered_again_not_repeated() -> None:
    of = to_person("answer", person=WHO)
    offer = SetTimer(Timer("answer_again", WHO, NOW, str(of.id)))
    assert after(of, UNCERTAIN) == Aftermath(UNCERTAIN, (offer,))


@pytest.mark.threat("T32")
@pytest.mark.parametrize("origin", [Origin.SYSTEM, Origin.BOT])
def test_an_uncertain_text_of_ours_about_a_hand_off_is_offered_once(origin: Origin) -> None:
    """Whom it is offered to is decided when the timer comes due: an advocate may hold by then."""
    of = to_person("someone is here", person=WHO, origin=origin, case=CASE)
    offer = SetTimer(Timer("answer_again", WHO, NOW, str(of.id)))
    assert after(of, UNCERTAIN) == Aftermath(UNCERTAIN, (offer,))


def test_an_uncertain_offer_brings_no_further_offer_by_itself() -> None:
    """At most three go out, spaced by their own timer."""
    offer = Say("Hello.", (Button("Show it again", Act("again", {"row": "5"})),))
    assert after(to_person(offer, person=WHO, origin=Origin.SYSTEM), UNCERTAIN) == Aftermath(UNCERTAIN)


@pytest.mark.threat("T32")
@pytest.mark.parametrize(
    "of",
    [
        to_topic("words", 7, origin=Origin.PERSON),
        to_general("alarm"),
        to_topic(ShowCard("c"), 7),
        to_topic(SetTopic("n", True), 7),
        to_topic(React(5, "👌"), 7),
        row(ToAdvocate(AdvocateId("a")), Say("hint"), 2001),
    ],
)
def test_for_advocates_an_uncertain_row_is_tried_again(of: Row) -> None:
    found = after(of, UNCERTAIN)
    assert found == Aftermath(NOT_SENT, (), NOW + timedelta(seconds=1))


def test_a_topic_that_may_have_been_made_is_awaited_before_another_is() -> None:
    found = after(to_topic(OpenTopic("K7"), None), UNCERTAIN)
    assert found == Aftermath(NOT_SENT, (), NOW + timedelta(seconds=10))


def test_nobodys_chat_gets_no_repeat_but_somebody_is_told() -> None:
    of = row(ToChat(GROUP), Say("bad invite"), 5)
    assert after(of, UNCERTAIN) == Aftermath(UNCERTAIN, (Alarm("uncertain send", str(of.id)),))


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (30, 60), (5000, 60)]
)
def test_what_was_not_sent_is_tried_again_ever_more_slowly(attempt: int, seconds: float) -> None:
    found = after(to_person("x", attempt=attempt), NOT_SENT)
    assert found == Aftermath(NOT_SENT, (), NOW + timedelta(seconds=seconds))


def test_waits_are_spread_so_that_rows_do_not_come_back_as_one() -> None:
    early = Rules(Notes(), lambda: 0.0).after(to_person("x", attempt=3), NOT_SENT, NOW)
    assert early.retry_at == NOW + timedelta(seconds=2)


def test_the_wait_that_telegram_asks_for_is_kept_to_the_second() -> None:
    asked = Result(End.NOT_SENT, retry_after=37)
    assert after(to_person("x"), asked).retry_at == NOW + timedelta(seconds=37)


def test_a_refused_token_keeps_the_row_and_raises_an_alarm() -> None:
    found = after(to_person("x"), Result(End.NOT_SENT, refusal=Refusal.UNAUTHORIZED))
    assert found.changes == (Alarm("telegram refuses the token"),)
    assert found.retry_at == NOW + timedelta(seconds=1)


@pytest.mark.parametrize("refusal", [Refusal.BLOCKED, Refusal.CHAT_NOT_FOUND])
def test_who_blocked_us_is_remembered_their_topic_told_and_the_row_waits_for_them(refusal: Refusal) -> None:
    found = after(from_advocate(), refused(refusal))
    assert found.changes == (SetReach(WHO, Reach.BLOCKED), in_topic("unreachable"))
    assert found.result.end is End.NOT_SENT
    assert found.retry_at == NOW


def test_who_deleted_their_account_is_not_waited_for() -> None:
    found = after(from_advocate(), refused(Refusal.DELETED))
    assert found.changes == (SetReach(WHO, Reach.DELETED), in_topic("unreachable"))
    assert (found.result.end, found.retry_at) == (End.REFUSED, None)


def test_an_advocate_who_blocked_us_raises_an_alarm_not_a_wait() -> None:
    found = after(row(ToAdvocate(AdvocateId("a")), Say("hint"), 2001), refused(Refusal.BLOCKED))
    assert found == Aftermath(refused(Refusal.BLOCKED), (Alarm("private chat refuses", "a"),))


def test_a_message_that_telegram_will_never_take_is_told_to_the_topic_and_to_operators() -> None:
    of = from_advocate()
    found = after(of, refused(Refusal.BAD_REQUEST))
    assert found.changes == (Alarm("refused: bad request", str(of.id)), in_topic("not delivered"))
    assert found.retry_at is None


def test_a_group_that_moved_is_followed() -> None:
    moved = Result(End.REFUSED, refusal=Refusal.MIGRATED, moved_to=GROUP - 5)
    found = after(to_topic("x", 7), moved)
    assert MoveGroup(GROUP, GROUP - 5) in found.changes
    assert (found.result.end, found.retry_at) == (End.NOT_SENT, NOW)


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal.KICKED,
        Refusal.NO_RIGHTS,
        Refusal.NOT_A_FORUM,
        Refusal.CHAT_NOT_FOUND,
        Refusal.TOPIC_CLOSED,
        Refusal.MIGRATED,
    ],
)
def test_what_waits_for_a_group_that_refuses_us_is_kept_and_somebody_called(refusal: Refusal) -> None:
    found = after(to_topic("words", 7, origin=Origin.PERSON), refused(refusal))
    assert found.changes == (Alarm(f"group refuses: {refusal.value}"),)
    assert found.result.end is End.NOT_SENT
    assert found.retry_at == NOW + timedelta(seconds=60)


def test_a_topic_that_is_gone_is_made_anew_and_the_row_follows() -> None:
    again = (Alarm("made anew"),)
    found = after(to_topic("words", 7), refused(Refusal.TOPIC_GONE), again)
    assert found == Aftermath(Result(End.NOT_SENT, refusal=Refusal.TOPIC_GONE), again, NOW)


def test_a_topic_that_shall_stay_gone_ends_its_rows_aloud() -> None:
    of = to_topic(ShowCard("closed"), 7)
    found = after(of, refused(Refusal.TOPIC_GONE))
    assert found.retry_at is None
    assert found.changes == (Alarm("refused: topic gone", str(of.id)),)


def test_a_reaction_to_a_message_that_is_gone_ends_quietly() -> None:
    of = to_topic(React(5, "👌"), 7)
    assert after(of, refused(Refusal.MESSAGE_GONE)) == Aftermath(refused(Refusal.MESSAGE_GONE))


def test_what_stands_so_already_counts_as_sent() -> None:
    assert after(to_topic(SetTopic("n", True), 7), refused(Refusal.NOT_MODIFIED)).result.end is End.SENT
