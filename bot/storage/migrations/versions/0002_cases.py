"""Advocates and their invites, hand-offs with their topics, button handles, and moved groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_BLIND = sa.String(43)
_ID = sa.String(22)


def upgrade() -> None:
    """Make the tables of the hand-off."""
    _roster()
    _cases()
    _handles_and_groups()


def downgrade() -> None:
    """Drop the hand-offs. What still waited for a topic or an advocate stays, sealed, as refused.

    Such rows cannot be delivered once their case is gone; a human can still read them.
    """
    op.execute(
        "UPDATE outbox SET state = 'refused', holder = NULL, ended_at = due_at / 3600000 * 3600000"
        " WHERE road IN ('topic', 'advocate') AND state IN ('waiting', 'sending', 'uncertain')"
    )
    for table in ("groups", "handles", "cases", "invites", "advocates"):
        op.drop_table(table)


def _roster() -> None:
    op.create_table(
        "advocates",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("user_blind", _BLIND, nullable=False),
        sa.Column("user", sa.LargeBinary, nullable=False),
        sa.Column("alias_blind", _BLIND, nullable=False),
        sa.Column("alias", sa.LargeBinary, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("active", sa.SmallInteger, nullable=False),
        sa.Column("present", sa.SmallInteger, nullable=False),
        sa.UniqueConstraint("user_blind", name="advocates_user"),
    )
    active = sa.text("active = 1")
    op.create_index(
        "advocates_alias",
        "advocates",
        ["alias_blind"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    op.create_table(
        "invites",
        sa.Column("token_hash", sa.String(128), primary_key=True),
        sa.Column("alias_blind", _BLIND, nullable=False),
        sa.Column("alias", sa.LargeBinary, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", _ID, nullable=False),
        sa.Column("code_blind", _BLIND, nullable=False),
        sa.Column("person_id", _ID, sa.ForeignKey("people.id", name="cases_person"), nullable=False),
        sa.Column("topic_blind", _BLIND),
        sa.Column("owner", _ID, sa.ForeignKey("advocates.id", name="cases_owner")),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("detail", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("id", name="cases_id"),
        sa.UniqueConstraint("topic_blind", name="cases_topic"),
        sa.CheckConstraint(
            "(state = 'queued' AND owner IS NULL) OR (state = 'claimed' AND owner IS NOT NULL)"
            " OR state = 'closed'",
            name="cases_owner_fits_state",
        ),
        sqlite_autoincrement=True,
    )
    still_open = sa.text("state <> 'closed'")
    op.create_index(
        "cases_one_open",
        "cases",
        ["person_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("cases_of_person", "cases", ["person_id"])
    op.create_index("cases_code", "cases", ["code_blind"])


def _handles_and_groups() -> None:
    op.create_table(
        "handles",
        sa.Column("handle_blind", _BLIND, primary_key=True),
        sa.Column("person_id", _ID, sa.ForeignKey("people.id", name="handles_person"), nullable=False),
        sa.Column("case_id", _ID, sa.ForeignKey("cases.id", name="handles_case")),
        sa.Column("act", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_index("handles_of_person", "handles", ["person_id"])
    op.create_index("handles_of_case", "handles", ["case_id"])
    op.create_table(
        "groups",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("key_blind", _BLIND, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("current_blind", _BLIND, nullable=False),
        sa.Column("current", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("key_blind", name="groups_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("groups_current", "groups", ["current_blind"])
