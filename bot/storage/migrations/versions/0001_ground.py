"""People, the inbox with its lanes and dead letters, timers, alarms and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_BLIND = sa.String(43)
_ID = sa.String(22)


def upgrade() -> None:
    """Make the ground tables."""
    _people()
    _inbox()
    _aside()
    _outbox()


def downgrade() -> None:
    """Drop everything; nothing older can hold any of it."""
    for table in ("outbox", "alarms", "timers", "dead_letters", "lanes", "inbox", "people"):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("chat_blind", _BLIND, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("chat", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("reach", sa.String(8), nullable=False),
        sa.Column("state", sa.LargeBinary),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("chat_blind", name="people_chat"),
        sa.CheckConstraint("reach IN ('open', 'blocked', 'deleted')", name="people_reach"),
    )
    op.create_table(
        "timers",
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("person_id", _ID, sa.ForeignKey("people.id", name="timers_person"), nullable=False),
        sa.Column("about_blind", _BLIND, nullable=False),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("kind", "person_id", "about_blind", name="timers_key"),
    )
    op.create_index("timers_due", "timers", ["due_at"])


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("update_id", sa.BigInteger),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("lane", _BLIND, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("done_at", sa.BigInteger),
        sa.UniqueConstraint("update_id", name="inbox_update"),
        sa.CheckConstraint("done_at IS NOT NULL OR body IS NOT NULL", name="inbox_waiting_has_body"),
        sa.CheckConstraint("done_at IS NULL OR body IS NULL", name="inbox_done_is_wiped"),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("done_at IS NULL")
    op.create_index("inbox_waiting", "inbox", ["lane", "id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "lanes",
        sa.Column("lane", _BLIND, primary_key=True),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.String(80)),
        sa.Column("lease_until", sa.BigInteger),
    )
    op.create_index("lanes_turn", "lanes", ["turn"])


def _aside() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("lane", _BLIND, nullable=False),
        sa.Column("why", sa.String(80), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("set_aside_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "alarms",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("what", sa.String(80), nullable=False),
        sa.Column("about_blind", _BLIND, nullable=False),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("first_at", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("delivered_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("alarms_same", "alarms", ["what", "about_blind"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("road", sa.String(8), nullable=False),
        sa.Column("lane", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("person_id", _ID, sa.ForeignKey("people.id", name="outbox_person")),
        sa.Column("case_id", _ID),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("urgent", sa.SmallInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.String(80)),
        sa.Column("body", sa.LargeBinary),
        sa.Column("ended_at", sa.BigInteger),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'uncertain', 'refused')", name="outbox_state"
        ),
        sa.CheckConstraint("state IN ('sent', 'refused') OR body IS NOT NULL", name="outbox_open_has_body"),
        sa.CheckConstraint("state <> 'sent' OR body IS NULL", name="outbox_sent_is_wiped"),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("state IN ('waiting', 'sending')")
    op.create_index(
        "outbox_waiting", "outbox", ["lane", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("outbox_person_rows", "outbox", ["person_id"])
