"""Random names: cases have a short code that people can read aloud."""

from __future__ import annotations

import secrets

LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without 0/O, 1/I/L and U, which are misread or make words."""


def case_code() -> str:
    """Return a code such as ``K7-3QM``: 30⁵ ≈ 24 million, never derived from the person."""
    drawn = [secrets.choice(LETTERS) for _ in range(5)]
    return f"{drawn[0]}{drawn[1]}-{drawn[2]}{drawn[3]}{drawn[4]}"


def random_name() -> str:
    """Return 22 URL-safe characters from 16 random bytes."""
    return secrets.token_urlsafe(16)
