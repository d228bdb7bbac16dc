"""Times at rest: whole milliseconds of UTC, or whole hours where nothing needs to be finer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

HOUR_MS = 3_600_000


def utc_now() -> datetime:
    """Return the present moment, in aware UTC."""
    return datetime.now(UTC)


def to_ms(moment: datetime) -> int:
    """Return an aware moment as milliseconds since 1970.

    Raises:
        ValueError: If ``moment`` has no time zone; guessing one would move a timer by hours.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be stored.")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(stored: int) -> datetime:
    """Return stored milliseconds as aware UTC."""
    return _EPOCH + timedelta(milliseconds=stored)


def to_hour_ms(moment: datetime) -> int:
    """Return the start of the hour of ``moment``: who holds the disk learns no finer time."""
    return to_ms(moment) // HOUR_MS * HOUR_MS


def to_hour_ms_above(moment: datetime) -> int:
    """Return the end of the hour of ``moment``: an expiry is never early."""
    return -(-to_ms(moment) // HOUR_MS) * HOUR_MS


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
