"""Row numbers taken before the row is written, because a sealed field is bound to its row."""

from __future__ import annotations

from sqlalchemy import Connection, Table, text


def db_new_numbers(db: Connection, table: Table, count: int) -> list[int]:
    """Return ``count`` new rising numbers for a table; one not used leaves a gap and nothing worse."""
    if db.dialect.name == "sqlite":
        # The caller's transaction holds the write lock, so nobody else reads the same number.
        last = db.execute(_SQLITE_LAST, {"name": table.name}).scalar() or 0
        return list(range(last + 1, last + count + 1))
    numbers = db.execute(_POSTGRES_NEXT, {"name": table.name, "count": count}).scalars()
    return sorted(numbers)


_SQLITE_LAST = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_POSTGRES_NEXT = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
