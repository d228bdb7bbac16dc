"""Every kind of update is read as what it is, or ignored with a fixed reason."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gateway.content import FILES
from bot.gateway.read import read
from bot.messages import (
    BotStanding,
    FromGroup,
    FromPrivate,
    GroupMigrated,
    Ignored,
    MemberChanged,
    Pressed,
    Reach,
    ReachChanged,
    Sender,
    SentFile,
    SharedPlace,
    Started,
    TopicEvent,
    Wrote,
)
from tests.support.updates import (
    ADA,
    BOT,
    GROUP,
    PERSON,
    group,
    message,
    press,
    private,
    standing,
    topic_message,
    update,
    user,
)

PERSON_SENDER = Sender(PERSON, None, "vi")
ADVOCATE = Sender(ADA, None, "vi")
HERE = {"latitude": 51.5, "longitude": -0.1}


def private_content(**fields: Any) -> Any:
    incoming = read(update(message=message(**fields)), BOT)
    assert isinstance(incoming, FromPrivate)
    assert incoming.sender == PERSON_SENDER
    return incoming.content


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        ({"text": "xin chào"}, Wrote("xin chào", 11)),
        ({"text": "/start"}, Started("", 11)),
        ({"text": "/start in_abc"}, Started("in_abc", 11)),
        ({"text": "/start@harbour_bot in_abc"}, Started("in_abc", 11)),
        ({"text": "/started early"}, Wrote("/started early", 11)),
        ({"text": '/intent{"slot":"v"}'}, Wrote('/intent{"slot":"v"}', 11)),
        ({"location": HERE}, SharedPlace(51.5, -0.1, 11)),
        ({"location": {**HERE, "live_period": 900}}, SharedPlace(51.5, -0.1, 11)),
        ({"voice": {"file_id": "x", "file_unique_id": "y", "duration": 2}}, SentFile("voice", 11)),
        (
            {"photo": [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}]},
            SentFile("photo", 11),
        ),
        (
            {"contact": {"phone_number": "1", "first_name": "B"}, "caption": "look"},
            SentFile("contact", 11, "look"),
        ),
        ({"hologram": {"depth": 3}}, SentFile("unknown", 11)),
        ({"text": "lone \ud800 half"}, Wrote("lone \ufffd half", 11)),
    ],
)
def test_a_private_message_is_read_by_what_it_holds(fields: dict[str, Any], content: Any) -> None:
    assert private_content(**fields) == content


def test_an_animation_is_not_taken_for_its_document() -> None:
    file = {"file_id": "x", "file_unique_id": "y"}
    animation = {**file, "width": 1, "height": 1, "duration": 1}
    assert private_content(animation=animation, document=file) == SentFile("animation", 11)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_any_kind_is_only_named(kind: str) -> None:
    """Also a kind that this library does not take apart arrives by its name."""
    content = private_content(**{f"new_{kind}": {"file_id": "x"}})
    assert content == SentFile("unknown", 11)


def test_an_answer_says_to_which_message_and_whether_to_us() -> None:
    ours = message(message_id=5, text="?", **{"from": user(BOT, is_bot=True)})
    assert private_content(text="yes", reply_to_message=ours) == Wrote("yes", 11, 5, True)
    own = message(message_id=6, text="!")
    assert private_content(text="yes", reply_to_message=own) == Wrote("yes", 11, 6, False)


def test_an_edit_is_marked_and_never_starts_anything() -> None:
    edited = read(update(edited_message=message(text="/start x", edit_date=1)), BOT)
    assert edited == FromPrivate(PERSON_SENDER, Wrote("/start x", 11, edited=True))


def test_a_live_location_that_moves_is_no_new_question() -> None:
    moved = update(edited_message=message(location={**HERE, "live_period": 900}, edit_date=1))
    assert read(moved, BOT) == Ignored("edited without text")


def test_a_press_in_a_private_chat_carries_untrusted_bytes() -> None:
    assert read(press("anything"), BOT) == FromPrivate(PERSON_SENDER, Pressed("anything", "77", 11))


def test_a_press_in_a_topic_names_the_topic() -> None:
    under = topic_message(7, BOT, text="card")
    incoming = read(press("h", **{"from": user(ADA), "message": under}), BOT)
    assert incoming == FromGroup(GROUP, 7, ADVOCATE, Pressed("h", "77", 12))


def test_a_press_under_a_message_that_is_gone_has_no_topic() -> None:
    gone = {"chat": group(), "message_id": 12, "date": 0}
    incoming = read(press("h", **{"from": user(ADA), "message": gone}), BOT)
    assert incoming == FromGroup(GROUP, None, ADVOCATE, Pressed("h", "77", 12))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (press(None, game_short_name="g"), "press without data"),
        (
            update(callback_query={"id": "7", "from": user(), "chat_instance": "1", "data": "x"}),
            "press without a message",
        ),
        (update(message=message()), "empty message"),
        (update(message=message(pinned_message=message(text="x"))), "service message"),
        (update(channel_post=message(text="x", chat={"id": -100, "type": "channel"})), "channel post"),
        (update(message=message(text="x", chat={"id": -100, "type": "channel"})), "channel post"),
        (update(poll_answer_of_tomorrow={"x": 1}), "unknown kind"),
        (update(), "unknown kind"),
        (update(message=message(text="x", chat=private(4))), "sender is not the chat"),
        (
            update(message_reaction={"chat": private(), "message_id": 1, "date": 1, "old_reaction": [],
                                     "new_reaction": [], "user": user()}),
            "reaction",
        ),
    ],
)  # fmt: skip
def test_what_means_nothing_is_ignored_with_a_fixed_reason(raw: dict[str, Any], reason: str) -> None:
    assert read(raw, BOT) == Ignored(reason)


def test_words_in_a_topic_carry_the_topic() -> None:
    root = topic_message(7, message_id=7, forum_topic_created={"name": "🟡 K7", "icon_color": 1})
    incoming = read(update(message=topic_message(7, text="hi", reply_to_message=root)), BOT)
    assert incoming == FromGroup(GROUP, 7, ADVOCATE, Wrote("hi", 12))


@pytest.mark.threat("T11")
def test_a_thread_id_without_the_flag_is_general() -> None:
    """A reply in General may carry a thread id of its own; it is not a topic's."""
    raw = topic_message(7, text="hi")
    del raw["is_topic_message"]
    incoming = read(update(message=raw), BOT)
    assert isinstance(incoming, FromGroup)
    assert incoming.thread is None


@pytest.mark.parametrize(
    ("field", "event"),
    [
        ({"forum_topic_created": {"name": "🟡 K7", "icon_color": 1}}, TopicEvent("created", 7, "🟡 K7")),
        ({"forum_topic_closed": {}}, TopicEvent("closed", 7)),
        ({"forum_topic_reopened": {}}, TopicEvent("reopened", 7)),
    ],
)
@pytest.mark.parametrize("who", [ADA, BOT])
def test_a_topics_own_events_say_whether_they_are_ours(
    field: dict[str, Any], event: TopicEvent, who: int
) -> None:
    sender = user(who, is_bot=who == BOT)
    incoming = read(update(message=topic_message(7, **field, **{"from": sender})), BOT)
    assert isinstance(incoming, FromGroup)
    assert incoming.content == TopicEvent(event.what, 7, event.name, who == BOT)


def test_a_group_that_moves_is_told_from_either_side() -> None:
    new = -1005
    moved = update(message=topic_message(migrate_to_chat_id=new))
    assert read(moved, BOT) == GroupMigrated(GROUP, new)
    arrived = update(message=topic_message(chat=group(new), migrate_from_chat_id=GROUP))
    assert read(arrived, BOT) == GroupMigrated(GROUP, new)


@pytest.mark.parametrize(("status", "reach"), [("kicked", Reach.BLOCKED), ("member", Reach.OPEN)])
def test_a_person_who_blocks_or_returns_changes_our_reach(status: str, reach: Reach) -> None:
    assert read(update(my_chat_member=standing(status)), BOT) == ReachChanged(PERSON, reach)


@pytest.mark.parametrize(
    ("status", "rights", "present", "admin"),
    [
        ("administrator", {"can_manage_topics": True}, True, True),
        ("administrator", {"can_manage_topics": False}, True, False),
        ("member", {}, True, False),
        ("left", {}, False, False),
        ("kicked", {}, False, False),
        ("restricted", {"is_member": True}, True, False),
        ("restricted", {"is_member": False}, False, False),
    ],
)
def test_our_own_standing_in_a_group(status: str, rights: dict[str, Any], present: bool, admin: bool) -> None:
    raw = update(my_chat_member=standing(status, chat=group(), **rights))
    assert read(raw, BOT) == BotStanding(GROUP, present, admin)


@pytest.mark.parametrize(
    ("status", "present"),
    [("creator", True), ("administrator", True), ("member", True), ("left", False), ("kicked", False)],
)
def test_who_is_in_the_group_is_followed(status: str, present: bool) -> None:
    raw = update(chat_member=standing(status, chat=group(), who=ADA))
    assert read(raw, BOT) == MemberChanged(GROUP, ADA, present)


def test_leaving_counts_by_the_service_message_too_and_joining_does_not() -> None:
    """Authority ends by either road and begins only by the one that shows rights."""
    left = update(message=topic_message(left_chat_member=user(ADA)))
    assert read(left, BOT) == MemberChanged(GROUP, ADA, False)
    joined = update(message=topic_message(new_chat_members=[user(ADA)]))
    assert read(joined, BOT) == Ignored("service message")
