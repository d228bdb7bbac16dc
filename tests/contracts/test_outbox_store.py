"""The outbox store: order kept per destination, urgent first, three ends, and nothing into General."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from datetime import timedelta

import pytest

from bot.errors import Conflict
from bot.messages import (
    Act,
    AdoptTopic,
    AdvocateId,
    Alarm,
    Button,
    Case,
    CaseId,
    CaseState,
    ChatId,
    Enrol,
    OpenCase,
    OpenTopic,
    Origin,
    PersonId,
    Reach,
    React,
    Resend,
    SaveCase,
    Say,
    Send,
    SetReach,
    SetTopic,
    ShowCard,
    ToAdvocate,
    ToChat,
    ToGroup,
    ToPerson,
    ToTopic,
)
from bot.outbox.ports import End, Refusal, Result, Row
from tests.support.storage import GROUP, Shelf

CASE = CaseId("case-aaaaaaaaaaaaaaaaa")
SENT = Result(End.SENT, message=900)


async def person(shelf: Shelf, chat: int = 7) -> PersonId:
    return (await shelf.stores.walk.person(ChatId(chat))).person


async def opened(shelf: Shelf, thread: int | None = 12, chat: int = 7, case: CaseId = CASE) -> Case:
    made = Case(case, "K7", await person(shelf, chat), ChatId(GROUP), thread=thread)
    await shelf.stores.walk.commit(None, [OpenCase(made)])
    return made


async def put(shelf: Shelf, *sends: Send) -> None:
    await shelf.stores.walk.commit(None, sends)


async def due(shelf: Shelf) -> list[Row]:
    return await shelf.stores.outbox.next_rows(shelf.clock(), limit=50)


async def end(shelf: Shelf, row: Row, result: Result = SENT, **more: object) -> None:
    assert await shelf.stores.outbox.mark_sending([row.id], "me")
    more.setdefault("retry_at", None)
    await shelf.stores.outbox.settle([row.id], result, more.pop("changes", []), **more)


def texts(rows: list[Row]) -> list[str]:
    return [
        row.body.text if isinstance(row.body, Say | ShowCard) else type(row.body).__name__ for row in rows
    ]


async def test_a_row_carries_all_its_call_needs(shelf):
    me = await person(shelf)
    case = await opened(shelf, thread=None)
    body = Say("مرحبا \ud83d 👋", (Button("Da", Act("language", {"language": "ar"})),))
    send = Send(ToPerson(me), body, Origin.ADVOCATE, urgent=True, case=case.id, answers=4321)
    await put(shelf, send)

    (row,) = await due(shelf)

    assert (row.to, row.body, row.origin) == (send.to, body, Origin.ADVOCATE)
    assert (row.urgent, row.case, row.person, row.answers) == (True, CASE, me, 4321)
    assert (row.chat, row.thread, row.card, row.is_group, row.attempt) == (7, None, None, False, 1)
    assert row.due_at == shelf.clock().replace(microsecond=0)
    assert len(row.handles) == 1


@pytest.mark.parametrize(
    "body",
    [
        Say("x" * 20_000, mergeable=True),
        ShowCard("card", (Button("Claim", Act("claim")),)),
        SetTopic("⚪ K7", closed=True),
        React(55, "👌"),
        React(55, None),
        OpenTopic("🔴 K7", urgent=True),
    ],
    ids=lambda body: type(body).__name__,
)
async def test_every_body_comes_back_as_it_was(shelf, body):
    await opened(shelf)
    await put(shelf, Send(ToTopic(CASE), body))
    (row,) = await due(shelf)
    assert row.body == body
    assert (row.chat, row.thread, row.is_group) == (GROUP, 12, True)


@pytest.mark.threat("T11")
async def test_order_is_kept_for_each_destination(shelf):
    """Only the oldest of a destination is offered, and nothing while one of it is on its way."""
    me, other = await person(shelf), await person(shelf, 8)
    await put(shelf, *(Send(ToPerson(who), Say(f"{n}{who == me}")) for n in range(3) for who in (me, other)))

    seen: dict[int, list[str]] = {7: [], 8: []}
    while rows := await due(shelf):
        assert [row.chat for row in rows] in ([7, 8], [7], [8])
        for row in rows:
            assert await shelf.stores.outbox.mark_sending([row.id], "me")
        assert await due(shelf) == []
        for row in rows:
            seen[row.chat] += texts([row])
            await shelf.stores.outbox.settle([row.id], SENT, [], retry_at=None)

    assert seen == {7: ["0True", "1True", "2True"], 8: ["0False", "1False", "2False"]}
    assert await shelf.stores.outbox.waiting() == 0


async def test_a_retry_holds_back_what_is_behind_it(shelf):
    me = await person(shelf)
    await put(shelf, Send(ToPerson(me), Say("one")), Send(ToPerson(me), Say("two")))
    (row,) = await due(shelf)
    later = shelf.clock() + timedelta(seconds=30)
    await end(shelf, row, Result(End.NOT_SENT, retry_after=30), retry_at=later)

    assert await due(shelf) == []
    shelf.clock.now = later
    (again,) = await due(shelf)
    assert (again.id, again.attempt, texts([again])) == (row.id, 2, ["one"])


async def test_urgent_destinations_come_first(shelf):
    """Also when the urgent row stands behind another of the same destination."""
    chats = [await person(shelf, chat) for chat in (7, 8, 9)]
    await put(shelf, *(Send(ToPerson(who), Say("plain")) for who in chats))
    await put(shelf, Send(ToPerson(chats[2]), Say("urgent"), urgent=True))

    rows = await due(shelf)
    assert [(row.chat, row.urgent) for row in rows] == [(9, True), (7, False), (8, False)]
    assert len(await shelf.stores.outbox.next_rows(shelf.clock(), limit=1)) == 1


async def test_a_person_who_blocked_us_keeps_their_rows(shelf):
    me = await person(shelf)
    await put(shelf, Send(ToPerson(me), Say("hello")), SetReach(me, Reach.BLOCKED))
    assert await due(shelf) == []
    assert await shelf.stores.outbox.waiting() == 1
    await put(shelf, SetReach(me, Reach.OPEN))
    assert texts(await due(shelf)) == ["hello"]


async def test_of_two_senders_one_gets_a_row(shelf):
    me = await person(shelf)
    await put(shelf, Send(ToPerson(me), Say("hello")))
    (row,) = await due(shelf)
    got = await asyncio.gather(*(shelf.stores.outbox.mark_sending([row.id], f"s{n}") for n in range(50)))
    assert got.count(True) == 1


async def test_marking_several_is_all_or_nothing(shelf):
    await opened(shelf)
    await put(shelf, *(Send(ToTopic(CASE), Say(f"{n}", mergeable=True)) for n in range(3)))
    (row,) = await due(shelf)
    behind = await shelf.stores.outbox.merge_candidates(row, limit=5)
    ids = [row.id, *(one.id for one in behind)]
    assert await shelf.stores.outbox.mark_sending([ids[1]], "other")
    assert await shelf.stores.outbox.mark_sending(ids, "me") is False
    assert [one.id for one in await shelf.stores.outbox.abandoned(["me"])] == [ids[1]]


# --- topics -----------------------------------------------------------------------------------


@pytest.mark.threat("T11")
async def test_nothing_goes_to_a_topic_that_does_not_stand_yet(shelf):
    """A row without a thread would land in General, before everybody."""
    await opened(shelf, thread=None)
    await put(shelf, Send(ToTopic(CASE), Say("words")), Send(ToTopic(CASE), ShowCard("card")))
    assert await due(shelf) == []

    await put(shelf, Send(ToTopic(CASE), OpenTopic("K7")))
    (row,) = await due(shelf)
    assert isinstance(row.body, OpenTopic)
    await end(shelf, row, Result(End.REFUSED, refusal=Refusal.NO_RIGHTS))
    assert await due(shelf) == []

    await put(shelf, Send(ToTopic(CASE), OpenTopic("K7")))
    (row,) = await due(shelf)
    await end(shelf, row, Result(End.SENT, message=77))
    (row,) = await due(shelf)
    assert (texts([row]), row.thread) == (["words"], 77)
    case = await shelf.stores.walk.case(CASE)
    assert case is not None
    assert (case.thread, case.version) == (77, 1)


async def test_a_case_decided_before_its_topic_stood_does_not_forget_the_topic(shelf):
    case = await opened(shelf, thread=None)
    await put(shelf, Send(ToTopic(CASE), OpenTopic("K7")))
    (row,) = await due(shelf)
    await end(shelf, row, Result(End.SENT, message=77))
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [SaveCase(dataclasses.replace(case, urgent=True))])


async def test_a_topic_that_is_gone_is_made_anew_and_its_rows_follow(shelf):
    case = await opened(shelf, thread=12)
    await put(shelf, Send(ToTopic(CASE), Say("words")))
    await put(shelf, SaveCase(dataclasses.replace(case, thread=None)), Send(ToTopic(CASE), OpenTopic("K7")))
    (row,) = await due(shelf)
    await end(shelf, row, Result(End.SENT, message=78))
    (row,) = await due(shelf)
    assert (texts([row]), row.thread) == (["words"], 78)


async def test_a_topic_that_turns_up_late_is_adopted(shelf):
    """Its OpenTopic ended uncertain: the row is over, and what waited goes."""
    await opened(shelf, thread=None)
    await put(shelf, Send(ToTopic(CASE), OpenTopic("K7")), Send(ToTopic(CASE), Say("words")))
    (row,) = await due(shelf)
    await end(shelf, row, Result(End.UNCERTAIN))
    await put(shelf, AdoptTopic(CASE, 79))

    (waiting,) = await due(shelf)
    assert (texts([waiting]), waiting.thread) == (["words"], 79)
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [Resend(row.id)])
    await put(shelf, AdoptTopic(CASE, 80))
    case = await shelf.stores.walk.case(CASE)
    assert case is not None
    assert case.thread == 79


@pytest.mark.threat("T11")
async def test_a_topic_of_another_open_case_is_never_taken(shelf):
    """An alarm instead, and the second case's words wait."""
    first = await opened(shelf, thread=12)
    await opened(shelf, thread=None, chat=8, case=CaseId("case-two"))
    await put(shelf, Send(ToTopic(CaseId("case-two")), OpenTopic("B")))
    await put(shelf, Send(ToTopic(CaseId("case-two")), Say("words")))
    (row,) = await due(shelf)
    await end(shelf, row, Result(End.SENT, message=12))

    assert await due(shelf) == []
    assert [kept.alarm for kept in await shelf.stores.alarms.undelivered()] == [
        Alarm("topic-taken", "case-two")
    ]
    found = await shelf.stores.walk.case_of_topic(ChatId(GROUP), 12)
    assert found is not None
    assert found.id == first.id


async def test_a_topic_of_a_closed_case_may_be_given_out_again(shelf):
    """The stand-in counts from the beginning when it starts anew."""
    first = await opened(shelf, thread=12)
    await put(shelf, SaveCase(dataclasses.replace(first, state=CaseState.CLOSED)))
    await opened(shelf, thread=None, chat=8, case=CaseId("case-two"))
    await put(shelf, Send(ToTopic(CaseId("case-two")), OpenTopic("B")))
    (row,) = await due(shelf)
    await end(shelf, row, Result(End.SENT, message=12))
    found = await shelf.stores.walk.case_of_topic(ChatId(GROUP), 12)
    assert found is not None
    assert found.id == "case-two"


async def test_the_newest_card_wins_and_its_message_is_remembered(shelf):
    """Cards that wait are dropped for a newer one, but the first to be shown keeps its place."""
    await opened(shelf, thread=12)
    for name in ("a", "b", "c"):
        await put(shelf, Send(ToTopic(CASE), ShowCard(name)), Send(ToTopic(CASE), Say(name)))

    seen = []
    while rows := await due(shelf):
        seen.append((texts(rows)[0], rows[0].card))
        await end(shelf, rows[0], Result(End.SENT, message=501))
    assert seen == [("a", None), ("a", 501), ("b", 501), ("c", 501), ("c", 501)]

    await put(shelf, Send(ToTopic(CASE), ShowCard("d")), Send(ToTopic(CASE), ShowCard("e")))
    assert texts(await due(shelf)) == ["e"]


async def test_neighbours_merge_up_to_the_first_that_may_not(shelf):
    await opened(shelf, thread=12)
    says = [Send(ToTopic(CASE), Say(f"{n}", mergeable=True), Origin.PERSON) for n in range(4)]
    await put(shelf, *says, Send(ToTopic(CASE), SetTopic("x", closed=False)), says[0])

    (row,) = await due(shelf)
    outbox = shelf.stores.outbox
    assert texts(await outbox.merge_candidates(row, limit=9)) == ["1", "2", "3"]
    assert texts(await outbox.merge_candidates(row, limit=2)) == ["1", "2"]

    ids = [row.id, *(one.id for one in await outbox.merge_candidates(row, limit=9))]
    assert await outbox.mark_sending(ids, "me")
    await outbox.settle(ids, SENT, [], retry_at=None)
    assert texts(await due(shelf)) == ["SetTopic"]


async def test_words_of_different_origin_or_with_buttons_do_not_merge(shelf):
    me = await person(shelf)
    await opened(shelf, thread=12)
    button = (Button("x", Act("claim")),)
    await put(shelf, Send(ToTopic(CASE), Say("a", mergeable=True), Origin.PERSON))
    await put(shelf, Send(ToTopic(CASE), Say("b", mergeable=True), Origin.SYSTEM))
    await put(shelf, *(Send(ToPerson(me), Say(n, mergeable=True)) for n in "ab"))
    topic, to_person = sorted(await due(shelf), key=lambda row: not row.is_group)
    assert await shelf.stores.outbox.merge_candidates(topic, limit=5) == []
    assert await shelf.stores.outbox.merge_candidates(to_person, limit=5) == []
    await end(shelf, topic)
    await put(shelf, Send(ToTopic(CASE), Say("c", button, mergeable=True), Origin.SYSTEM))
    topic = next(row for row in await due(shelf) if row.is_group)
    assert await shelf.stores.outbox.merge_candidates(topic, limit=5) == []


# --- ends -------------------------------------------------------------------------------------


async def test_an_uncertain_row_waits_for_a_human_and_blocks_nobody(shelf):
    me = await person(shelf)
    await put(shelf, Send(ToPerson(me), Say("one")), Send(ToPerson(me), Say("two")))
    (row,) = await due(shelf)
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [Resend(row.id)])
    await end(shelf, row, Result(End.UNCERTAIN))

    (second,) = await due(shelf)
    assert texts([second]) == ["two"]
    await end(shelf, second)
    assert await due(shelf) == []
    assert await shelf.stores.walk.is_uncertain(row.id) is True
    await put(shelf, Resend(row.id))
    assert await shelf.stores.walk.is_uncertain(row.id) is False
    (again,) = await due(shelf)
    assert (again.id, texts([again])) == (row.id, ["one"])
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [Resend(row.id)])


async def test_what_follows_from_an_end_is_written_with_it(shelf):
    me = await person(shelf)
    await opened(shelf)
    await put(shelf, Send(ToPerson(me), Say("one")))
    (row,) = await due(shelf)
    follow = [
        SetReach(me, Reach.BLOCKED),
        Send(ToTopic(CASE), React(5, "💔")),
        Send(ToTopic(CaseId("gone")), Say("nobody there")),
        Alarm("x"),
    ]
    await end(shelf, row, Result(End.REFUSED, refusal=Refusal.BLOCKED), changes=follow)
    assert (await shelf.stores.walk.person(ChatId(7))).reach is Reach.BLOCKED
    assert texts(await due(shelf)) == ["React"]
    assert await shelf.stores.alarms.count() == 1


async def test_what_was_decided_on_an_older_state_is_left_out(shelf):
    """A topic made anew for a case that changed meanwhile: the end stands, and the next try decides again."""
    case = await opened(shelf)
    await put(shelf, Send(ToTopic(CASE), Say("words")))
    (row,) = await due(shelf)
    await put(shelf, SaveCase(dataclasses.replace(case, urgent=True)))
    stale = [
        SaveCase(dataclasses.replace(case, thread=None)),
        Send(ToTopic(CASE), OpenTopic("K7")),
        Alarm("topic gone"),
    ]
    await end(shelf, row, Result(End.NOT_SENT), changes=stale, retry_at=shelf.clock())
    assert texts(await due(shelf)) == ["words"]
    assert await shelf.stores.outbox.waiting() == 1
    assert await shelf.stores.alarms.count() == 1


async def test_an_end_written_twice_stays_the_first(shelf):
    me = await person(shelf)
    await put(shelf, Send(ToPerson(me), Say("one")))
    (row,) = await due(shelf)
    await end(shelf, row)
    await shelf.stores.outbox.settle([row.id], Result(End.UNCERTAIN), [], retry_at=None)
    await shelf.stores.outbox.settle([row.id], Result(End.NOT_SENT), [], retry_at=None)
    assert await due(shelf) == []
    assert await shelf.stores.outbox.waiting() == 0


async def test_rows_of_a_dead_sender_are_found(shelf):
    me, other = await person(shelf), await person(shelf, 8)
    await put(shelf, Send(ToPerson(me), Say("one")), Send(ToPerson(other), Say("two")))
    mine, theirs = await due(shelf)
    await shelf.stores.outbox.mark_sending([mine.id], "dead")
    await shelf.stores.outbox.mark_sending([theirs.id], "alive")

    (found,) = await shelf.stores.outbox.abandoned(["alive"])
    assert (found.id, texts([found])) == (mine.id, ["one"])
    assert len(await shelf.stores.outbox.abandoned([])) == 2
    await shelf.stores.outbox.settle([found.id], Result(End.UNCERTAIN), [], retry_at=None)
    assert await shelf.stores.outbox.abandoned(["alive"]) == []


async def test_advocates_and_strangers_are_written_to_in_private(shelf):
    token = hashlib.sha256(b"t").hexdigest()
    await shelf.stores.roster.create_invite("Robin", "advocate", token, shelf.clock() + timedelta(minutes=1))
    await put(shelf, Enrol(token, ChatId(500)), Send(ToChat(ChatId(500)), Say("welcome")))
    advocate = await shelf.stores.walk.advocate_by_user(ChatId(500))
    assert advocate is not None
    await put(shelf, Send(ToAdvocate(advocate.id), Say("hint")), Send(ToGroup(ChatId(GROUP)), Say("note")))

    rows = await due(shelf)
    assert [(row.chat, row.is_group, texts([row])) for row in rows] == [
        (500, False, ["welcome"]),
        (500, False, ["hint"]),
        (GROUP, True, ["note"]),
    ]
    await shelf.stores.roster.remove_advocate("Robin")
    assert [texts([row]) for row in await due(shelf)] == [["welcome"], ["note"]]
    assert await shelf.stores.outbox.waiting() == 2
    for gone in (AdvocateId("nobody"), advocate.id):
        with pytest.raises(Conflict):
            await put(shelf, Send(ToAdvocate(gone), Say("lost")))


async def test_a_row_erased_while_it_leaves_is_no_error(shelf):
    me = await person(shelf)
    await opened(shelf)
    await put(shelf, Send(ToPerson(me), Say("one")))
    (row,) = await due(shelf)
    await shelf.stores.outbox.mark_sending([row.id], "me")
    await shelf.stores.erase_person(me)
    await shelf.stores.outbox.settle([row.id], SENT, [Send(ToTopic(CASE), React(5, "👌"))], retry_at=None)
    assert await shelf.stores.outbox.waiting() == 0
