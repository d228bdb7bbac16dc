"""A database with something in every column, each word a canary and each id of Telegram a known number."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import timedelta
from typing import Any

from bot.inbox.ports import RawUpdate
from bot.messages import (
    Act,
    Alarm,
    Button,
    Case,
    CaseId,
    ChatId,
    Enrol,
    Language,
    MoveGroup,
    OpenCase,
    OpenTopic,
    SaveConversation,
    Say,
    Send,
    SetTimer,
    ShowCard,
    Timer,
    ToAdvocate,
    ToChat,
    ToGroup,
    Tongue,
    ToPerson,
    ToTopic,
)
from bot.outbox.ports import End, Result
from bot.storage.stores import Stores
from tests.support.storage import GROUP, Shelf

CANARY = "canary-5d41402abc-ñ-مرحبا"
CHAT, USER, NEW_GROUP, THREAD, CARD = (
    7_123_456_789,
    6_987_654_321,
    -1_009_876_543_210,
    87_654_311_234,
    91_827_364_455,
)
CASE = CaseId("case-aaaaaaaaaaaaaaaaa")


async def fill(shelf: Shelf) -> None:
    """Put a canary or a Telegram id into every column that takes one."""
    stores, token = shelf.stores, hashlib.sha256(b"t").hexdigest()
    body = json.dumps({"text": CANARY, "chat": CHAT}, ensure_ascii=False).encode()
    await stores.inbox.add([RawUpdate(n, f"private:{CHAT}", body) for n in range(3)])
    (rows,) = await stores.inbox.claim("w", lanes=1, rows=3, lease_seconds=30)
    await stores.inbox.set_aside(rows[0].id, "UnreadableUpdate")
    await stores.roster.create_invite(CANARY, "advocate", token, shelf.clock() + timedelta(days=9))
    await stores.roster.create_invite(
        CANARY + "2", "advocate", token[::-1], shelf.clock() + timedelta(days=9)
    )
    me = await stores.walk.person(ChatId(CHAT))
    case = Case(CASE, CANARY, me.person, ChatId(GROUP), need=CANARY, thread=THREAD, card=CARD)
    spoke = dataclasses.replace(me, tongue=Tongue(Language("vi")), events=({"text": CANARY},), case=CASE)
    buttons = (Button(CANARY, Act(CANARY, {"place": CANARY})),)
    await stores.walk.commit(
        rows[1].id,
        [
            OpenCase(case),
            SaveConversation(spoke),
            Enrol(token, ChatId(USER)),
            Send(ToPerson(me.person), Say(CANARY, buttons)),
            Send(ToPerson(me.person), Say(CANARY)),
            Send(ToTopic(CASE), ShowCard(CANARY, buttons)),
            Send(ToTopic(CASE), OpenTopic(CANARY)),
            Send(ToGroup(ChatId(GROUP)), Say(CANARY)),
            Send(ToChat(ChatId(USER)), Say(CANARY)),
            SetTimer(Timer("nudge", me.person, shelf.clock(), CANARY)),
            MoveGroup(ChatId(GROUP), ChatId(NEW_GROUP)),
            Alarm("odd", f"{CANARY}{CHAT}"),
        ],
    )
    advocate = await stores.walk.advocate_by_user(ChatId(USER))
    assert advocate is not None
    await stores.walk.commit(None, [Send(ToAdvocate(advocate.id), Say(CANARY))])
    (sent, *_) = [row for row in await stores.outbox.next_rows(shelf.clock(), limit=9) if row.chat == CHAT]
    await stores.outbox.mark_sending([sent.id], "me")
    await stores.outbox.settle([sent.id], Result(End.SENT, message=CARD), [], retry_at=None)


async def read_everything(stores: Stores, shelf: Shelf) -> dict[str, Any]:
    """Open every sealed field there is; claims what waits, so move the clock before the next time."""
    me = await stores.walk.person(ChatId(CHAT))
    now = shelf.clock.move(minutes=5)
    claimed = await stores.inbox.claim("reader", lanes=99, rows=99, lease_seconds=1)
    sends = await stores.outbox.next_rows(now, limit=99)
    token = hashlib.sha256(b"t").hexdigest()[::-1]
    handles = [handle for row in sends for handle in row.handles]
    return {
        "person": me,
        "case": await stores.walk.case(CASE),
        "topic": await stores.walk.case_of_topic(ChatId(NEW_GROUP), THREAD),
        "home": await stores.walk.home_of(ChatId(NEW_GROUP)),
        "updates": sorted((row.id, row.body) for rows in claimed for row in rows),
        "letter": [await stores.inbox.dead_letter(number) for number in (1, 2)],
        "sends": sorted((row.id, row.body, row.chat, row.thread, row.handles) for row in sends),
        "acts": [await stores.walk.act_of_case(handle, CASE, now) for handle in handles],
        "alarms": await stores.alarms.all(),
        "advocates": await stores.roster.list_advocates(),
        "enrolled": await stores.walk.advocate_by_user(ChatId(USER)),
        "invite": await stores.walk.invite(token),
    }
