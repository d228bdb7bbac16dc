"""One-use invitations: 128 random bits in a link, of which only the hash rests."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

PREFIX = "inv_"
LIFETIME = timedelta(minutes=30)


def new_token() -> str:
    """Return the payload of an invite link: 128 random bits behind a fixed prefix."""
    return PREFIX + secrets.token_urlsafe(16)


def is_invite(payload: str) -> bool:
    """Tell whether a ``/start`` payload claims to be an invitation."""
    return payload.startswith(PREFIX)


def token_hash(token: str) -> str:
    """Return what is kept of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()
