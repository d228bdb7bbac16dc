"""The key file on disk: JSON, readable by its owner alone, written whole or not at all."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import KeyMissing
from bot.failpoints import failpoint

FORMAT = "harbour keys 1"
KEY_BYTES = 32


@dataclass(frozen=True)
class KeyFile:
    """What the file holds. ``lasting`` never changes: blind ids hang on it. ``service`` keys rotate."""

    service: Mapping[int, bytes] = field(repr=False)
    current: int
    lasting: bytes = field(repr=False)
    rewrapping: bool = False


def new_key_file() -> KeyFile:
    """Return fresh random keys, the service key numbered 1."""
    return KeyFile({1: secrets.token_bytes(KEY_BYTES)}, 1, secrets.token_bytes(KEY_BYTES))


def read_key_file(path: Path) -> KeyFile:
    """Read and check the file.

    Raises:
        KeyMissing: If it is missing, unreadable or not one of ours; the message shows no key.
    """
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise KeyMissing(
            f"There is no key file at {path}.",
            remedy="Put the key file of this database there, or set HARBOUR_KEY_FILE. "
            "For a new installation, `harbour keys create` makes one.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyMissing(
            f"The key file at {path} cannot be read ({type(error).__name__}).",
            remedy="Let the account that runs Harbour read it (mode 0600), or restore it from its copy.",
        ) from None
    found = _parse(text)
    if found is None:
        raise KeyMissing(
            f"The file at {path} is not a whole Harbour key file.",
            remedy="Restore it from the copy you keep apart from the database.",
        )
    return found


def write_new(path: Path, keys: KeyFile) -> None:
    """Write a file that must not exist yet; a crash leaves either nothing or all of it.

    Raises:
        KeyMissing: If something stands there already: overwriting it would lose every sealed row.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, keys)
    try:
        os.link(draft, path)
    except FileExistsError:
        raise KeyMissing(
            f"A key file stands at {path} already.",
            remedy="It is kept as it is. Without it everything sealed under it would be lost.",
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def replace(path: Path, keys: KeyFile) -> None:
    """Put new content in the file's place in one step."""
    failpoint("keys.before-draft")
    draft = _draft(path, keys)
    failpoint("keys.before-replace")
    draft.replace(path)
    failpoint("keys.before-sync")
    _sync_folder(path.parent)


def is_private(path: Path) -> bool:
    """Return whether only the owner can read the file."""
    return path.stat().st_mode & 0o077 == 0


def _draft(path: Path, keys: KeyFile) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    for left_over in path.parent.glob(f".{path.name}.????????"):
        left_over.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(_text(keys))
        out.flush()
        os.fsync(out.fileno())
    return draft


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(keys: KeyFile) -> str:
    content = {
        "format": FORMAT,
        "current": keys.current,
        "rewrapping": keys.rewrapping,
        "service": {str(n): base64.b64encode(key).decode() for n, key in sorted(keys.service.items())},
        "lasting": base64.b64encode(keys.lasting).decode(),
    }
    return json.dumps(content, indent=2) + "\n"


def _parse(text: str) -> KeyFile | None:
    try:
        content: Any = json.loads(text)
        if content["format"] != FORMAT:
            return None
        service = {int(number): _key(value) for number, value in content["service"].items()}
        current = int(content["current"])
        keys = KeyFile(service, current, _key(content["lasting"]), bool(content["rewrapping"]))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        return None
    return keys if current in service and all(0 < number < 2**32 for number in service) else None


def _key(value: str) -> bytes:
    key = base64.b64decode(value, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("A key has the wrong length.")
    return key
