"""Every table, as the newest migration leaves it (a test compares the two).

``*_blind`` columns are keyed HMACs, ``LargeBinary`` columns are sealed, ``*_at`` columns are
milliseconds of UTC and, unless something is scheduled by them, rounded to the hour.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

RowNumber = BigInteger().with_variant(Integer, "sqlite")
Blind = String(43)
RandomId = String(22)

people = Table(
    "people",
    metadata,
    Column("id", RandomId, primary_key=True),
    Column("chat_blind", Blind, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("chat", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reach", String(8), nullable=False),
    Column("state", LargeBinary),
    Column("seen_at", BigInteger, nullable=False),
    UniqueConstraint("chat_blind", name="people_chat"),
    CheckConstraint("reach IN ('open', 'blocked', 'deleted')", name="people_reach"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("update_id", BigInteger),
    Column("source", String(8), nullable=False),
    Column("lane", Blind, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("body", LargeBinary),
    Column("done_at", BigInteger),
    UniqueConstraint("update_id", name="inbox_update"),
    CheckConstraint("done_at IS NOT NULL OR body IS NOT NULL", name="inbox_waiting_has_body"),
    CheckConstraint("done_at IS NULL OR body IS NULL", name="inbox_done_is_wiped"),
    sqlite_autoincrement=True,
)
Index(
    "inbox_waiting",
    inbox.c.lane,
    inbox.c.id,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)

lanes = Table(
    "lanes",
    metadata,
    Column("lane", Blind, primary_key=True),
    Column("turn", BigInteger, nullable=False),
    Column("holder", String(80)),
    Column("lease_until", BigInteger),
)

Index("lanes_turn", lanes.c.turn)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=False),
    Column("source", String(8), nullable=False),
    Column("lane", Blind, nullable=False),
    Column("why", String(80), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("set_aside_at", BigInteger, nullable=False),
)

timers = Table(
    "timers",
    metadata,
    Column("kind", String(60), nullable=False),
    Column("person_id", RandomId, ForeignKey("people.id", name="timers_person"), nullable=False),
    Column("about_blind", Blind, nullable=False),
    Column("about", LargeBinary, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("kind", "person_id", "about_blind", name="timers_key"),
)
Index("timers_due", timers.c.due_at)

alarms = Table(
    "alarms",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("what", String(80), nullable=False),
    Column("about_blind", Blind, nullable=False),
    Column("about", LargeBinary, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    sqlite_autoincrement=True,
)
Index("alarms_same", alarms.c.what, alarms.c.about_blind)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("road", String(8), nullable=False),
    Column("lane", String(80), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("state", String(10), nullable=False),
    Column("person_id", RandomId, ForeignKey("people.id", name="outbox_person")),
    Column("case_id", RandomId),
    Column("origin", String(8), nullable=False),
    Column("urgent", SmallInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("holder", String(80)),
    Column("body", LargeBinary),
    Column("ended_at", BigInteger),
    CheckConstraint("state IN ('waiting', 'sending', 'sent', 'uncertain', 'refused')", name="outbox_state"),
    CheckConstraint("state IN ('sent', 'refused') OR body IS NOT NULL", name="outbox_open_has_body"),
    CheckConstraint("state <> 'sent' OR body IS NULL", name="outbox_sent_is_wiped"),
    sqlite_autoincrement=True,
)
Index(
    "outbox_waiting",
    outbox.c.lane,
    outbox.c.id,
    sqlite_where=text("state IN ('waiting', 'sending')"),
    postgresql_where=text("state IN ('waiting', 'sending')"),
)
Index("outbox_person_rows", outbox.c.person_id)

advocates = Table(
    "advocates",
    metadata,
    Column("id", RandomId, primary_key=True),
    Column("user_blind", Blind, nullable=False),
    Column("user", LargeBinary, nullable=False),
    Column("alias_blind", Blind, nullable=False),
    Column("alias", LargeBinary, nullable=False),
    Column("role", String(20), nullable=False),
    Column("active", SmallInteger, nullable=False),
    Column("present", SmallInteger, nullable=False),
    UniqueConstraint("user_blind", name="advocates_user"),
)
Index(
    "advocates_alias",
    advocates.c.alias_blind,
    unique=True,
    sqlite_where=text("active = 1"),
    postgresql_where=text("active = 1"),
)

invites = Table(
    "invites",
    metadata,
    Column("token_hash", String(128), primary_key=True),
    Column("alias_blind", Blind, nullable=False),
    Column("alias", LargeBinary, nullable=False),
    Column("role", String(20), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

cases = Table(
    "cases",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=True),
    Column("id", RandomId, nullable=False),
    Column("code_blind", Blind, nullable=False),
    Column("person_id", RandomId, ForeignKey("people.id", name="cases_person"), nullable=False),
    Column("topic_blind", Blind),
    Column("owner", RandomId, ForeignKey("advocates.id", name="cases_owner")),
    Column("state", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    UniqueConstraint("id", name="cases_id"),
    UniqueConstraint("topic_blind", name="cases_topic"),
    CheckConstraint(
        "(state = 'queued' AND owner IS NULL) OR (state = 'claimed' AND owner IS NOT NULL)"
        " OR state = 'closed'",
        name="cases_owner_fits_state",
    ),
    sqlite_autoincrement=True,
)
Index(
    "cases_one_open",
    cases.c.person_id,
    unique=True,
    sqlite_where=text("state <> 'closed'"),
    postgresql_where=text("state <> 'closed'"),
)
Index("cases_of_person", cases.c.person_id)
Index("cases_code", cases.c.code_blind)

handles = Table(
    "handles",
    metadata,
    Column("handle_blind", Blind, primary_key=True),
    Column("person_id", RandomId, ForeignKey("people.id", name="handles_person"), nullable=False),
    Column("case_id", RandomId, ForeignKey("cases.id", name="handles_case")),
    Column("act", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
Index("handles_of_person", handles.c.person_id)
Index("handles_of_case", handles.c.case_id)

groups = Table(
    "groups",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("key_blind", Blind, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("current_blind", Blind, nullable=False),
    Column("current", LargeBinary, nullable=False),
    UniqueConstraint("key_blind", name="groups_key"),
    sqlite_autoincrement=True,
)
Index("groups_current", groups.c.current_blind)
