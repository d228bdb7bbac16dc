"""Carrying out changes: one small function each, all in the caller's transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot.errors import Conflict, SealBroken
from bot.failpoints import failpoint
from bot.messages import (
    AdoptTopic,
    Alarm,
    Change,
    DropTimers,
    Enrol,
    MoveGroup,
    OpenCase,
    Resend,
    SaveCase,
    SaveConversation,
    Send,
    SetPresence,
    SetReach,
    SetTimer,
    UseHandle,
)
from bot.storage.alarms import db_raise_alarm
from bot.storage.cases import db_adopt_topic, db_open_case, db_save_case
from bot.storage.groups import db_move_group
from bot.storage.handles import db_use_handle
from bot.storage.outbox_add import db_add_send
from bot.storage.people import db_save_conversation, db_set_reach
from bot.storage.roster import db_enrol, db_set_presence
from bot.storage.seal import Vault
from bot.storage.tables import outbox
from bot.storage.timers import db_drop_timers, db_set_timer
from bot.storage.times import to_ms

_GUARDS = (SaveConversation, OpenCase, SaveCase, UseHandle, Enrol, Resend)


def db_apply(db: Connection, vault: Vault, changes: Sequence[Change], now: datetime) -> None:
    """Carry out all changes, those that guard a version or a single use first.

    First, because a ``SetReach`` beside a ``SaveConversation`` counts the same version up.

    Raises:
        Conflict: If a guard does not hold, or someone a change is for is gone.
    """
    for change in sorted(changes, key=lambda change: not isinstance(change, _GUARDS)):
        _db_one(db, vault, change, now)


def db_apply_what_can_be(db: Connection, vault: Vault, changes: Sequence[Change], now: datetime) -> None:
    """Carry out what follows from something that has happened already, and cannot be decided anew.

    If a guard does not hold only the alarms are kept: the rest was decided on what is no longer so.
    Without that, a change for someone who is gone is left out.
    """
    others: list[Change] = [change for change in changes if not isinstance(change, _GUARDS)]
    try:
        with db.begin_nested():
            for change in changes:
                if isinstance(change, _GUARDS):
                    _db_one(db, vault, change, now)
    except (Conflict, SealBroken):
        others = [change for change in others if isinstance(change, Alarm)]
    for change in others:
        with contextlib.suppress(Conflict, SealBroken), db.begin_nested():
            _db_one(db, vault, change, now)


def db_is_uncertain(db: Connection, row: int) -> bool:
    """Return whether a send is uncertain."""
    return db.execute(select(outbox.c.state).where(outbox.c.id == row)).scalar() == "uncertain"


def _db_one(db: Connection, vault: Vault, change: Change, now: datetime) -> None:
    failpoint(f"storage.change.{type(change).__name__}")
    _CARRY_OUT[type(change)](db, vault, change, now)


def _save_conversation(db: Connection, vault: Vault, change: SaveConversation, now: datetime) -> None:
    db_save_conversation(db, vault, change.conversation, now)


def _open_case(db: Connection, vault: Vault, change: OpenCase, _now: datetime) -> None:
    db_open_case(db, vault, change.case)


def _save_case(db: Connection, vault: Vault, change: SaveCase, _now: datetime) -> None:
    db_save_case(db, vault, change.case)


def _use_handle(db: Connection, vault: Vault, change: UseHandle, now: datetime) -> None:
    db_use_handle(db, vault, change.handle, now)


def _set_reach(db: Connection, _vault: Vault, change: SetReach, _now: datetime) -> None:
    db_set_reach(db, change.person, change.reach)


def _set_timer(db: Connection, vault: Vault, change: SetTimer, _now: datetime) -> None:
    db_set_timer(db, vault, change.timer)


def _drop_timers(db: Connection, vault: Vault, change: DropTimers, _now: datetime) -> None:
    db_drop_timers(db, vault, change.person, change.kind, change.about)


def _enrol(db: Connection, vault: Vault, change: Enrol, now: datetime) -> None:
    db_enrol(db, vault, change.token_hash, change.user, now)


def _adopt_topic(db: Connection, vault: Vault, change: AdoptTopic, now: datetime) -> None:
    if not db_adopt_topic(db, vault, change.case, change.thread, now):
        db_raise_alarm(db, vault, Alarm("topic-taken", change.case), now)


def _set_presence(db: Connection, _vault: Vault, change: SetPresence, _now: datetime) -> None:
    db_set_presence(db, change.advocate, change.present)


def _move_group(db: Connection, vault: Vault, change: MoveGroup, _now: datetime) -> None:
    db_move_group(db, vault, change.old, change.new)


def _resend(db: Connection, _vault: Vault, change: Resend, now: datetime) -> None:
    again = db.execute(
        update(outbox)
        .where(outbox.c.id == change.row, outbox.c.state == "uncertain")
        .values(state="waiting", holder=None, due_at=to_ms(now))
    )
    if again.rowcount != 1:
        raise Conflict("The message is not uncertain any more.")


def _alarm(db: Connection, vault: Vault, change: Alarm, now: datetime) -> None:
    db_raise_alarm(db, vault, change, now)


def _send(db: Connection, vault: Vault, change: Send, now: datetime) -> None:
    db_add_send(db, vault, change, now)


_CARRY_OUT: dict[type, Callable[[Connection, Vault, Any, datetime], None]] = {
    SaveConversation: _save_conversation,
    OpenCase: _open_case,
    SaveCase: _save_case,
    UseHandle: _use_handle,
    SetReach: _set_reach,
    SetTimer: _set_timer,
    DropTimers: _drop_timers,
    Enrol: _enrol,
    AdoptTopic: _adopt_topic,
    SetPresence: _set_presence,
    MoveGroup: _move_group,
    Resend: _resend,
    Alarm: _alarm,
    Send: _send,
}
