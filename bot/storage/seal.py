"""Sealing one field: AES-256-GCM, padded, and bound to the very place where it rests.

A sealed field is ``version (1) | key number (4) | nonce (12) | ciphertext and tag``. Key number 0
means the key of the row's person; any other is a service key. Table, column, row and person are
associated data, so a field copied to any other place does not open.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SealBroken
from bot.messages import PersonId
from bot.storage.keys import KeyRing

VERSION = 1
PERSON_KEY = 0
NONCE_BYTES = 12
PERSON_KEY_BYTES = 32
BUCKETS = (60, 252, 1020, 4092)
_HEADER = struct.Struct(">BI")
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Place:
    """Where a sealed field rests. ``person`` is the person, or what stands for them (a lane)."""

    table: str
    column: str
    row: str
    person: str = ""


class PersonKey:
    """One person's own key. When its wrapped copy is gone, everything sealed with it is gone."""

    def __init__(self, person: PersonId, key: bytes) -> None:
        self.person = person
        self._key = key

    def __repr__(self) -> str:
        return f"PersonKey({self.person!r}, '**********')"

    def seal(self, plain: bytes, table: str, column: str, row: str) -> bytes:
        """Return ``plain`` sealed for this person at this place."""
        return _seal(self._key, PERSON_KEY, plain, Place(table, column, row, self.person))

    def open(self, sealed: bytes, table: str, column: str, row: str) -> bytes:
        """Return what was sealed. Raises SealBroken if it is not from exactly here."""
        if key_number(sealed) != PERSON_KEY:
            raise _broken(table, column)
        return _open(self._key, sealed, Place(table, column, row, self.person))


class Vault:
    """Seals with the service keys, wraps person keys, and makes blind ids."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring

    def seal(self, plain: bytes, place: Place) -> bytes:
        """Return ``plain`` sealed with the current service key."""
        number = self.ring.current
        return _seal(self.ring.service_key(number, place.table), number, plain, place)

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Return what was sealed with any service key held. Raises SealBroken otherwise."""
        number = key_number(sealed)
        if number == PERSON_KEY:
            raise _broken(place.table, place.column)
        return _open(self.ring.service_key(number, place.table), sealed, place)

    def new_person_key(self, person: PersonId) -> tuple[PersonKey, bytes]:
        """Return a fresh key for a person, and its wrapped form for their row."""
        key = os.urandom(PERSON_KEY_BYTES)
        return PersonKey(person, key), self.seal(key, wrap_place(person))

    def person_key(self, person: PersonId, wrapped: bytes) -> PersonKey:
        """Unwrap a person's key. Raises SealBroken if it was altered or is another's."""
        return PersonKey(person, self.open(wrapped, wrap_place(person)))

    def blind(self, kind: str, value: str | int) -> str:
        """Return the keyed HMAC of an id, see ``KeyRing.blind``."""
        return self.ring.blind(kind, value)


def wrap_place(person: PersonId) -> Place:
    """Return where a person's wrapped key rests."""
    return Place("people", "wrapped_key", person, person)


def key_number(sealed: bytes) -> int:
    """Return the number of the key a field is sealed with. Raises SealBroken if it is no sealed field."""
    if len(sealed) < _HEADER.size + NONCE_BYTES:
        raise SealBroken("A sealed field is cut short.", remedy=_REMEDY)
    version, number = _HEADER.unpack_from(sealed)
    if version != VERSION:
        raise SealBroken("A sealed field has an unknown form.", remedy=_REMEDY)
    return int(number)


def fresh_nonce() -> bytes:
    """Return 96 random bits, from the system alone: a counter would start again after a restore."""
    return os.urandom(NONCE_BYTES)


def _seal(key: bytes, number: int, plain: bytes, place: Place) -> bytes:
    header = _HEADER.pack(VERSION, number)
    nonce = fresh_nonce()
    return header + nonce + AESGCM(key).encrypt(nonce, _padded(plain), _bound(header, place))


def _open(key: bytes, sealed: bytes, place: Place) -> bytes:
    header, rest = sealed[: _HEADER.size], sealed[_HEADER.size :]
    try:
        padded = AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound(header, place))
    except (InvalidTag, ValueError):
        padded = None
    if padded is None:
        raise _broken(place.table, place.column)
    (length,) = _LENGTH.unpack_from(padded)
    return padded[_LENGTH.size : _LENGTH.size + length]


def _padded(plain: bytes) -> bytes:
    size = next((bucket for bucket in BUCKETS if len(plain) <= bucket), None)
    if size is None:
        size = -(-(len(plain) + _LENGTH.size) // 4096) * 4096 - _LENGTH.size
    return _LENGTH.pack(len(plain)) + plain.ljust(size, b"\0")


def _bound(header: bytes, place: Place) -> bytes:
    parts = (place.table, place.column, place.row, place.person)
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return header + b"".join(_LENGTH.pack(len(part)) + part for part in encoded)


def _broken(table: str, column: str) -> SealBroken:
    return SealBroken(f"A sealed field of {table}.{column} does not open where it rests.", remedy=_REMEDY)


_REMEDY = "It was altered or moved, or the key file is another database's. Restore from a backup."
