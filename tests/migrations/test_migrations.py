"""Migrations, up and down, with awkward rows; a failure in the middle leaves everything as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import DatabaseUnfit, HarbourError
from bot.storage import schema
from bot.storage.database import Database
from bot.storage.keys import create_key_file
from bot.storage.tables import metadata
from tests.migrations.awkward_rows import ROADS, STATES, Rows, ground, handoffs

GROUND = {"people", "inbox", "lanes", "dead_letters", "timers", "alarms", "outbox"}
HANDOFFS = {"advocates", "invites", "cases", "handles", "groups"}


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = Database(database_url, create_key_file(tmp_path / "harbour.key"))
    yield opened
    opened.close_here()


def up(database: Database, revision: str = "head") -> None:
    database.run_here(lambda db: schema.db_upgrade(db, revision))


def down(database: Database, revision: str) -> None:
    database.run_here(lambda db: schema.db_downgrade(db, revision))


def put(database: Database, rows: Rows) -> None:
    def work(db: Connection) -> None:
        for name, table_rows in rows.items():
            table = Table(name, MetaData(), autoload_with=db)
            db.execute(table.insert(), table_rows)

    database.run_here(work)


def take(database: Database) -> Rows:
    """Return every row of every table, in a fixed order."""

    def work(db: Connection) -> Rows:
        found: Rows = {}
        for name in sorted(tables(db)):
            table = Table(name, MetaData(), autoload_with=db)
            rows = [dict(row._mapping) for row in db.execute(select(table))]
            found[name] = sorted(rows, key=repr)
        return found

    return database.run_here(work)


def tables(db: Connection) -> set[str]:
    return set(inspect(db).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def in_order(rows: Rows) -> Rows:
    return {name: sorted(table_rows, key=repr) for name, table_rows in sorted(rows.items())}


def without(rows: Rows, *names: str) -> Rows:
    return {name: table_rows for name, table_rows in rows.items() if name not in names}


def revision(database: Database) -> str | None:
    return database.run_here(schema.db_revision)


def test_the_newest_migration_makes_exactly_our_tables(database):
    up(database)

    def differences(db: Connection) -> list[Any]:
        return compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), metadata)

    assert database.run_here(differences) == []
    assert database.run_here(tables) == GROUND | HANDOFFS
    assert revision(database) == schema.head()


def test_checks_of_the_tables_are_those_of_the_migrations(database):
    """Autogenerate does not compare checks, so their names are compared here."""
    up(database)
    names = database.run_here(
        lambda db: {check["name"] for name in tables(db) for check in inspect(db).get_check_constraints(name)}
    )
    ours = {
        check.name
        for table in metadata.tables.values()
        for check in table.constraints
        if type(check).__name__ == "CheckConstraint"
    }
    assert names == ours


def test_going_up_keeps_every_awkward_row(database):
    up(database, "0001")
    put(database, ground())
    up(database)
    assert without(take(database), *HANDOFFS) == in_order(ground())
    put(database, handoffs())
    assert take(database) == in_order(ground() | handoffs())


def test_going_down_keeps_the_ground_and_hands_what_waited_to_a_human(database):
    """Rows for topics and advocates can no longer be delivered; their words stay, as refused."""
    up(database)
    put(database, ground() | handoffs())
    down(database, "0001")

    left = take(database)
    assert set(left) == GROUND
    assert without(left, "outbox") == without(in_order(ground()), "outbox")
    before = {row["id"]: row for row in ground()["outbox"]}
    assert len(left["outbox"]) == len(before) == len(ROADS) * len(STATES)
    for row in left["outbox"]:
        old = before[row["id"]]
        assert row["body"] == old["body"]
        if old["road"] in {"topic", "advocate"} and old["state"] not in {"sent", "refused"}:
            hour = old["due_at"] // 3_600_000 * 3_600_000
            assert (row["state"], row["holder"], row["ended_at"]) == ("refused", None, hour)
        else:
            assert row == old


def test_down_and_up_again_works_and_keeps_the_rest(database):
    up(database)
    put(database, ground() | handoffs())
    down(database, "0001")
    kept = take(database)
    up(database)
    assert take(database) == kept | {name: [] for name in HANDOFFS}
    put(database, handoffs())
    down(database, "base")
    assert database.run_here(tables) == set()
    up(database)
    assert database.run_here(tables) == GROUND | HANDOFFS


def test_going_up_twice_changes_nothing(database):
    up(database)
    put(database, ground() | handoffs())
    before = take(database)
    up(database)
    assert take(database) == before


def test_a_failure_in_the_middle_leaves_no_half_state(database):
    """The last step of the way fails because its last table stands there already."""
    up(database, "0001")
    put(database, ground())

    def in_the_way(db: Connection) -> None:
        db.exec_driver_sql('CREATE TABLE "groups" (x INTEGER)')

    database.run_here(in_the_way)
    with pytest.raises(HarbourError):
        up(database)

    assert revision(database) == "0001"
    assert database.run_here(tables) == GROUND | {"groups"}
    assert without(take(database), "groups") == in_order(ground())
    database.run_here(lambda db: db.exec_driver_sql('DROP TABLE "groups"'))
    up(database)
    assert revision(database) == schema.head()


def test_a_way_down_that_fails_leaves_everything(database):
    up(database)
    put(database, ground() | handoffs())
    before = take(database)

    def down_and_fail(db: Connection) -> None:
        schema.db_downgrade(db, "base")
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError):
        database.run_here(down_and_fail)
    assert take(database) == before
    assert revision(database) == schema.head()


async def test_a_check_tells_an_old_database_from_a_newer_one(database):
    with pytest.raises(DatabaseUnfit, match="harbour db upgrade"):
        await database.check()
    up(database, "0001")
    with pytest.raises(DatabaseUnfit, match="harbour db upgrade"):
        await database.check()
    up(database)
    await database.check()
    database.run_here(lambda db: db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnfit, match="newer version"):
        await database.check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"outbox": [{"state": "sent"}]},
        {"outbox": [{"state": "lost"}]},
        {"outbox": [{"state": "waiting", "body": None}]},
        {"inbox": [{"id": 1, "done_at": 5}]},
        {"inbox": [{"id": 1, "body": None}]},
        {"people": [{"id": "p1", "reach": "gone"}]},
    ],
    ids=str,
)
def test_impossible_rows_are_refused_by_the_database_itself(database, wrong):
    up(database)
    (name,) = wrong
    put(database, {"people": ground()["people"]})
    rows = ground()[name][0] | wrong[name][0]
    rows |= {"id": "p9", "chat_blind": "new"} if name == "people" else {}
    with pytest.raises((HarbourError, SQLAlchemyError)):
        put(database, {name: [rows]})
