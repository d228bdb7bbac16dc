"""The walk's store: short reads, and one commit that is all or nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from datetime import timedelta

import pytest

from bot.errors import Conflict, HarbourError
from bot.inbox.ports import RawUpdate
from bot.messages import (
    Act,
    AdvocateId,
    Alarm,
    Button,
    Case,
    CaseId,
    CaseState,
    ChatId,
    DropTimers,
    Enrol,
    Handle,
    Holder,
    Language,
    MoveGroup,
    OpenCase,
    OpenTopic,
    PersonId,
    Reach,
    SaveCase,
    SaveConversation,
    Say,
    Send,
    SetPresence,
    SetReach,
    SetTimer,
    ShowCard,
    Timer,
    ToGroup,
    Tongue,
    ToPerson,
    ToTopic,
    UseHandle,
)
from bot.outbox.ports import End, Result
from tests.support.storage import GROUP, Shelf

CASE = CaseId("case-aaaaaaaaaaaaaaaaa")


async def claimed(shelf: Shelf, number: int = 1) -> int:
    await shelf.stores.inbox.add([RawUpdate(number, "private:7", b"{}")])
    ((row,),) = await shelf.stores.inbox.claim("w", lanes=1, rows=1, lease_seconds=30)
    return row.id


async def opened(shelf: Shelf, chat: int = 7, case: CaseId = CASE, **more: object) -> Case:
    me = await shelf.stores.walk.person(ChatId(chat))
    made = Case(case, "K7-XQ", me.person, ChatId(GROUP), opened_at=shelf.clock())
    made = dataclasses.replace(made, **more)
    await shelf.stores.walk.commit(None, [OpenCase(made)])
    return made


async def enrolled(shelf: Shelf, user: int = 500, alias: str = "Robin") -> AdvocateId:
    token = hashlib.sha256(f"{user}{alias}".encode()).hexdigest()
    soon = shelf.clock() + timedelta(minutes=30)
    await shelf.stores.roster.create_invite(alias, "advocate", token, soon)
    await shelf.stores.walk.commit(None, [Enrol(token, ChatId(user))])
    found = await shelf.stores.walk.advocate_by_user(ChatId(user))
    assert found is not None
    return found.id


async def buttons(shelf: Shelf, send: Send) -> tuple[Handle, ...]:
    await shelf.stores.walk.commit(None, [send])
    rows = await shelf.stores.outbox.next_rows(shelf.clock(), limit=50)
    return next(row.handles for row in rows if row.body == send.body)


# --- people -----------------------------------------------------------------------------------


async def test_a_person_is_made_on_first_sight_and_found_again(shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    assert (me.version, me.holder, me.reach, me.events) == (0, Holder.BOT, Reach.OPEN, ())
    assert await shelf.stores.walk.person(ChatId(7)) == me
    assert (await shelf.stores.walk.person(ChatId(8))).person != me.person
    assert await shelf.stores.walk.conversation(PersonId("nobody")) is None


async def test_first_sight_by_many_at_once_makes_one_person(shelf):
    found = await asyncio.gather(*(shelf.stores.walk.person(ChatId(7)) for _ in range(50)))
    assert len({one.person for one in found}) == 1


async def test_a_conversation_comes_back_as_it_was_saved(shelf):
    """Also with words no strict UTF-8 would take, and far longer than any message."""
    me = await shelf.stores.walk.person(ChatId(7))
    full = dataclasses.replace(
        me,
        holder=Holder.QUEUED,
        case=None,
        tongue=Tongue(Language("vi"), "en-GB", Language("ar"), {"vi": -1.5, "ar": -0.25}),
        noticed=True,
        events=(
            {"event": "user", "text": "xin chào \ud83d", "nested": {"a": [1, None, True]}},
            {"text": "س" * 50_000},
        ),
    )
    await shelf.stores.walk.commit(None, [SaveConversation(full)])
    assert await shelf.stores.walk.conversation(me.person) == dataclasses.replace(full, version=1)
    assert await shelf.stores.walk.person(ChatId(7)) == dataclasses.replace(full, version=1)


async def test_a_stale_version_is_a_conflict_and_writes_nothing(shelf):
    """Neither the state, nor the inbox row, nor a message of the same commit."""
    me = await shelf.stores.walk.person(ChatId(7))
    await shelf.stores.walk.commit(None, [SaveConversation(me)])
    item = await claimed(shelf)

    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(
            item, [Send(ToPerson(me.person), Say("hello")), SaveConversation(me), Alarm("x")]
        )

    assert await shelf.stores.inbox.waiting() == 1
    assert await shelf.stores.outbox.waiting() == 0
    assert await shelf.stores.alarms.count() == 0


async def test_of_fifty_writers_of_one_version_one_wins(shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    ends = await asyncio.gather(
        *(shelf.stores.walk.commit(None, [SaveConversation(me)]) for _ in range(50)), return_exceptions=True
    )
    assert ends.count(None) == 1
    assert {type(end) for end in ends if end is not None} == {Conflict}


async def test_an_update_is_finished_once(shelf):
    """A second worker whose lease had lapsed finds it done: its effects do not happen again."""
    me = await shelf.stores.walk.person(ChatId(7))
    item = await claimed(shelf)
    await shelf.stores.walk.commit(item, [Send(ToPerson(me.person), Say("hello"))])
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(item, [Send(ToPerson(me.person), Say("hello"))])
    assert await shelf.stores.outbox.waiting() == 1


async def test_reach_and_state_may_change_together(shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    await shelf.stores.walk.commit(None, [SetReach(me.person, Reach.BLOCKED), SaveConversation(me)])
    now = await shelf.stores.walk.person(ChatId(7))
    assert now.reach is Reach.BLOCKED
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [SaveConversation(me)])


async def test_a_state_decided_before_the_block_does_not_undo_it(shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    await shelf.stores.walk.commit(None, [SetReach(me.person, Reach.BLOCKED)])
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [SaveConversation(me)])


async def test_changes_for_someone_erased_are_a_conflict(shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    await shelf.stores.erase_person(me.person)
    timer = Timer("nudge", me.person, shelf.clock())
    for change in (
        SaveConversation(me),
        Send(ToPerson(me.person), Say("late")),
        OpenCase(Case(CASE, "K", me.person, ChatId(GROUP))),
        SetTimer(timer),
    ):
        with pytest.raises(Conflict):
            await shelf.stores.walk.commit(None, [change])
    await shelf.stores.walk.commit(None, [SetReach(me.person, Reach.OPEN), DropTimers(me.person, "nudge")])


# --- cases ------------------------------------------------------------------------------------


async def test_a_case_comes_back_as_it_was_saved(shelf):
    case = await opened(shelf, urgent=True, need="police_arrest", language=Language("vi"))
    assert await shelf.stores.walk.case(CASE) == case
    owner = await enrolled(shelf)
    claimed_case = dataclasses.replace(case, state=CaseState.CLAIMED, owner=owner, thread=12, card=13)
    await shelf.stores.walk.commit(None, [SaveCase(claimed_case)])
    assert await shelf.stores.walk.case(CASE) == dataclasses.replace(claimed_case, version=1)
    assert await shelf.stores.walk.case(CaseId("other")) is None


@pytest.mark.threat("T11")
async def test_the_database_refuses_a_second_open_case_of_a_person(shelf):
    case = await opened(shelf)
    second = dataclasses.replace(case, id=CaseId("case-two"))
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [OpenCase(second)])
    await shelf.stores.walk.commit(None, [SaveCase(dataclasses.replace(case, state=CaseState.CLOSED))])
    await shelf.stores.walk.commit(None, [OpenCase(second)])
    closed = await shelf.stores.walk.case(CASE)
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [SaveCase(dataclasses.replace(closed, state=CaseState.QUEUED))])


@pytest.mark.threat("T11")
async def test_the_database_refuses_a_second_case_of_a_topic(shelf):
    first = await opened(shelf)
    second = await opened(shelf, chat=8, case=CaseId("case-two"))
    await shelf.stores.walk.commit(None, [SaveCase(dataclasses.replace(first, thread=12))])
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [SaveCase(dataclasses.replace(second, thread=12))])
    found = await shelf.stores.walk.case_of_topic(ChatId(GROUP), 12)
    assert found is not None
    assert found.id == CASE
    assert await shelf.stores.walk.case_of_topic(ChatId(GROUP), 13) is None
    assert await shelf.stores.walk.case_of_topic(ChatId(-5), 12) is None


@pytest.mark.threat("T11")
async def test_of_fifty_advocates_one_claims(shelf):
    """Compare and set: the losers are told, and the owner stays."""
    case = await opened(shelf)
    owners = [await enrolled(shelf, 500 + n, f"Robin {n}") for n in range(50)]
    ends = await asyncio.gather(
        *(
            shelf.stores.walk.commit(
                None, [SaveCase(dataclasses.replace(case, state=CaseState.CLAIMED, owner=owner))]
            )
            for owner in owners
        ),
        return_exceptions=True,
    )
    assert ends.count(None) == 1
    now = await shelf.stores.walk.case(CASE)
    assert now is not None
    assert now.owner == owners[ends.index(None)]


@pytest.mark.threat("T11")
async def test_the_database_refuses_a_claimed_case_without_an_owner(shelf):
    case = await opened(shelf)
    with pytest.raises(HarbourError):
        await shelf.stores.walk.commit(None, [SaveCase(dataclasses.replace(case, state=CaseState.CLAIMED))])
    stranger = dataclasses.replace(case, state=CaseState.CLAIMED, owner=AdvocateId("nobody"))
    with pytest.raises(Conflict):
        await shelf.stores.walk.commit(None, [SaveCase(stranger)])


async def test_a_code_finds_its_newest_case(shelf):
    case = await opened(shelf)
    await shelf.stores.walk.commit(None, [SaveCase(dataclasses.replace(case, state=CaseState.CLOSED))])
    await opened(shelf, case=CaseId("case-two"))
    found = await shelf.stores.walk.case_by_code("k7-xq")
    assert found is not None
    assert found.id == "case-two"
    assert await shelf.stores.walk.case_by_code("K7") is None


async def test_a_moved_group_keeps_its_cases(shelf):
    """Cases are found under the new id, sends go there, and moving again still leads home."""
    case = await opened(shelf)
    await shelf.stores.walk.commit(None, [SaveCase(dataclasses.replace(case, thread=12))])
    for old, new in ((GROUP, -200), (GROUP, -200), (-200, -300)):
        await shelf.stores.walk.commit(None, [MoveGroup(ChatId(old), ChatId(new))])

    assert await shelf.stores.walk.home_of(ChatId(-300)) == GROUP
    assert await shelf.stores.walk.home_of(ChatId(GROUP)) == GROUP
    assert await shelf.stores.walk.home_of(ChatId(-200)) is None
    assert await shelf.stores.walk.home_of(ChatId(-999)) is None
    found = await shelf.stores.walk.case_of_topic(ChatId(-300), 12)
    assert found is not None
    assert (found.id, found.group) == (CASE, GROUP)
    await shelf.stores.walk.commit(
        None, [Send(ToGroup(ChatId(GROUP)), Say("note")), Send(ToTopic(CASE), Say("words"))]
    )
    rows = await shelf.stores.outbox.next_rows(shelf.clock(), limit=5)
    assert [(row.chat, row.thread) for row in rows] == [(-300, None), (-300, 12)]


async def test_a_moved_group_may_be_configured_anew(shelf):
    """The operator writes the new id into the settings: old cases and new ones are both found."""
    first = await opened(shelf, thread=12)
    walk = shelf.again((-200,)).walk
    await walk.commit(None, [MoveGroup(ChatId(GROUP), ChatId(-200))])
    assert await walk.home_of(ChatId(-200)) == -200
    second = await opened(shelf, chat=8, case=CaseId("case-two"), group=ChatId(-200), thread=14)
    for group in (-200, GROUP):
        for case in (first, second):
            found = await walk.case_of_topic(ChatId(group), case.thread or 0)
            assert found is not None
            assert found.id == case.id

    await walk.commit(None, [MoveGroup(ChatId(-200), ChatId(-300))])
    assert await walk.home_of(ChatId(-300)) == -200
    assert await walk.current_group(ChatId(GROUP)) == await walk.current_group(ChatId(-200)) == -300
    found = await walk.case_of_topic(ChatId(-300), 14)
    assert found is not None
    assert found.id == "case-two"


# --- buttons ----------------------------------------------------------------------------------


@pytest.mark.threat("T14")
async def test_a_button_works_for_its_person_once_and_for_14_days(shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    other = await shelf.stores.walk.person(ChatId(8))
    act = Act("intent", {"intent": "talk_to_human", "nation": "Wales"})
    offered = Say(
        "choose", (Button("A person", act), Button("Tiếng Việt", Act("language", {"language": "vi"})))
    )
    first, second = await buttons(shelf, Send(ToPerson(me.person), offered))
    now = shelf.clock()
    walk = shelf.stores.walk

    assert first != second
    assert len(first) == len(second) == 22
    assert await walk.act_of_person(first, me.person, now) == act
    assert await walk.act_of_person(first, other.person, now) is None
    assert await walk.act_of_person(first[:-1], me.person, now) is None
    assert await walk.act_of_person("x" * 5000, me.person, now) is None
    assert await walk.act_of_person("", me.person, now) is None
    assert await walk.act_of_case(first, CASE, now) is None
    assert await walk.act_of_person(first, me.person, now + timedelta(days=13, hours=23)) == act
    assert await walk.act_of_person(first, me.person, now + timedelta(days=14, hours=1)) is None

    await walk.commit(None, [UseHandle(first)])
    assert await walk.act_of_person(first, me.person, now) is None
    with pytest.raises(Conflict):
        await walk.commit(None, [UseHandle(first)])
    assert await walk.act_of_person(second, me.person, now) is not None


@pytest.mark.threat("T14")
async def test_a_topics_button_works_in_that_case_alone(shelf):
    case = await opened(shelf, thread=12)
    await opened(shelf, chat=8, case=CaseId("case-two"), thread=14)
    card = ShowCard("card", (Button("Claim", Act("claim")),))
    (handle,) = await buttons(shelf, Send(ToTopic(CASE), card))
    now = shelf.clock()

    assert await shelf.stores.walk.act_of_case(handle, CASE, now) == Act("claim")
    assert await shelf.stores.walk.act_of_case(handle, CaseId("case-two"), now) is None
    assert await shelf.stores.walk.act_of_person(handle, case.person, now) is None


@pytest.mark.threat("T14")
async def test_of_fifty_presses_one_counts(shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    (handle,) = await buttons(shelf, Send(ToPerson(me.person), Say("?", (Button("Yes", Act("again")),))))
    ends = await asyncio.gather(
        *(shelf.stores.walk.commit(None, [UseHandle(handle)]) for _ in range(50)), return_exceptions=True
    )
    assert ends.count(None) == 1


async def test_a_button_nobody_could_answer_for_is_refused(shelf):
    with pytest.raises(ValueError, match="belong"):
        await shelf.stores.walk.commit(
            None, [Send(ToGroup(ChatId(GROUP)), Say("?", (Button("x", Act("claim")),)))]
        )


# --- advocates --------------------------------------------------------------------------------


@pytest.mark.threat("T06")
async def test_an_invite_enrols_one_user_once_within_its_time(shelf):
    roster, walk = shelf.stores.roster, shelf.stores.walk
    until = shelf.clock() + timedelta(minutes=30)
    await roster.create_invite("Robin", "supervisor", "hash-1", until)
    await roster.create_invite("Kim", "advocate", "hash-2", until)
    assert await walk.invite("hash-1") == "Robin"
    assert await walk.invite("hash-3") is None

    ends = await asyncio.gather(
        *(walk.commit(None, [Enrol("hash-1", ChatId(500 + n))]) for n in range(50)), return_exceptions=True
    )
    assert ends.count(None) == 1
    assert await walk.invite("hash-1") is None
    (advocate,) = await roster.list_advocates()
    assert (advocate.alias, advocate.role, advocate.active, advocate.present) == (
        "Robin",
        "supervisor",
        True,
        True,
    )
    assert await walk.advocate_by_user(ChatId(500 + ends.index(None))) == advocate

    shelf.clock.move(minutes=30)
    assert await walk.invite("hash-2") is None
    with pytest.raises(Conflict):
        await walk.commit(None, [Enrol("hash-2", ChatId(600))])
    with pytest.raises(Conflict):
        await walk.commit(None, [Enrol("never", ChatId(600))])


@pytest.mark.threat("T07")
async def test_a_removed_advocate_has_no_standing_at_the_next_look(shelf):
    advocate = await enrolled(shelf)
    assert await shelf.stores.roster.remove_advocate("robin") is True
    assert await shelf.stores.roster.remove_advocate("robin") is False
    assert await shelf.stores.walk.advocate_by_user(ChatId(500)) is None
    known = await shelf.stores.walk.advocate(advocate)
    assert known is not None
    assert known.active is False
    assert await enrolled(shelf, alias="Robin again") == advocate


async def test_presence_is_kept(shelf):
    advocate = await enrolled(shelf)
    await shelf.stores.walk.commit(None, [SetPresence(advocate, False)])
    known = await shelf.stores.walk.advocate_by_user(ChatId(500))
    assert known is not None
    assert known.present is False


async def test_an_alias_belongs_to_one_active_advocate(shelf):
    await enrolled(shelf)
    until = shelf.clock() + timedelta(minutes=30)
    with pytest.raises(Conflict):
        await shelf.stores.roster.create_invite("ROBIN ", "advocate", "hash-9", until)


async def test_opening_a_case_its_topic_and_card_is_one_commit(shelf):
    me = await shelf.stores.walk.person(ChatId(7))
    item = await claimed(shelf)
    case = Case(CASE, "K7", me.person, ChatId(GROUP))
    waiting = dataclasses.replace(me, holder=Holder.QUEUED, case=CASE)
    await shelf.stores.walk.commit(
        item,
        [
            Send(ToPerson(me.person), Say("We are calling someone.")),
            SaveConversation(waiting),
            OpenCase(case),
            Send(ToTopic(CASE), OpenTopic("🟡 K7")),
            Send(ToTopic(CASE), ShowCard("card")),
        ],
    )
    assert await shelf.stores.walk.conversation(me.person) == dataclasses.replace(waiting, version=1)
    assert await shelf.stores.outbox.waiting() == 3
    rows = await shelf.stores.outbox.next_rows(shelf.clock(), limit=9)
    topic = next(row for row in rows if isinstance(row.body, OpenTopic))
    await shelf.stores.outbox.mark_sending([topic.id], "me")
    await shelf.stores.outbox.settle([topic.id], Result(End.SENT, message=77), [], retry_at=None)
    found = await shelf.stores.walk.case_of_topic(ChatId(GROUP), 77)
    assert found is not None
    assert found.thread == 77
