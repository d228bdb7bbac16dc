"""The key ring: service keys by number, blind ids, and keys for single purposes.

The key file is all that stands between a stolen database and its words: keep it elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import KeyMissing, SealBroken
from bot.storage.key_file import KEY_BYTES, KeyFile, new_key_file, read_key_file, write_new


class KeyRing:
    """Keys in memory. Shows nothing of them, and refuses to be pickled into another process."""

    def __init__(self, keys: KeyFile, path: Path | None = None) -> None:
        self._service = dict(keys.service)
        self._current = keys.current
        self._lasting = keys.lasting
        self._path = path
        self._derived: dict[tuple[int, str], bytes] = {}
        self._blind_key = self._lasting_key("blind ids")

    def __repr__(self) -> str:
        return f"KeyRing(current={self._current}, keys='**********')"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key ring does not leave its process.")

    @property
    def current(self) -> int:
        """Number of the service key that seals what is new."""
        return self._current

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of all service keys held."""
        return tuple(sorted(self._service))

    def service_key(self, number: int, purpose: str) -> bytes:
        """Return the key for one purpose under service key ``number``.

        Raises:
            SealBroken: If that service key is not held.
        """
        found = self._derived.get((number, purpose))
        if found is None:
            found = _derive(self._master(number), f"service/{purpose}")
            self._derived[number, purpose] = found
        return found

    def blind(self, kind: str, value: str | int) -> str:
        """Return the keyed HMAC by which an id is found again without being readable, 43 characters."""
        message = f"{len(kind)}:{kind}:{value}".encode("utf-8", "surrogatepass")
        return _text(hmac.digest(self._blind_key, message, hashlib.sha256))

    def webhook_secret(self) -> str:
        """Return the secret header for Telegram's webhook: 43 characters of A-Za-z0-9_-."""
        return _text(self._lasting_key("webhook secret"))

    def manifest_key(self) -> bytes:
        """Return the key that signs release manifests; it stays when service keys rotate."""
        return self._lasting_key("release manifest")

    def _master(self, number: int) -> bytes:
        if number not in self._service and self._path is not None:
            # Another process may have rotated the keys meanwhile: look once before giving up.
            self._adopt(read_key_file(self._path).service)
        if number not in self._service:
            raise SealBroken(
                f"Something is sealed with service key {number}, which the key file does not hold.",
                remedy="Use the key file that belongs to this database.",
            )
        return self._service[number]

    def _adopt(self, service: Mapping[int, bytes]) -> None:
        for number, key in service.items():
            self._service.setdefault(number, key)

    def _lasting_key(self, purpose: str) -> bytes:
        return _derive(self._lasting, f"lasting/{purpose}")


def create_key_file(path: Path) -> KeyRing:
    """Make a key file with fresh keys, mode 0600, and return its ring.

    Raises:
        KeyMissing: If something stands at ``path`` already; it is never overwritten.
    """
    keys = new_key_file()
    write_new(path, keys)
    return KeyRing(keys, path)


def load_key_ring(path: Path) -> KeyRing:
    """Return the ring of an existing key file.

    Raises:
        KeyMissing: If it is missing, unreadable or malformed. We do not start without it.
    """
    if not path.parts:
        raise KeyMissing("No key file is named.", remedy="Set HARBOUR_KEY_FILE.")
    return KeyRing(read_key_file(path), path)


def _derive(master: bytes, purpose: str) -> bytes:
    info = b"harbour/1/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
