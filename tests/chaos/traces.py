"""I4: whether words, tokens or Telegram ids lie readable in a file, in any of the usual disguises."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path


def forms(secret: str) -> set[bytes]:
    """Return the byte strings by which a secret would show in a file."""
    plain = secret.encode()
    wanted = {plain, secret.encode("utf-16-le"), secret.encode("utf-16-be")}
    wanted |= {json.dumps(secret)[1:-1].encode(), urllib.parse.quote(secret).encode()}
    wanted |= {form.hex().encode() for form in (plain, secret.encode("utf-16-le"))}
    wanted |= {plain.hex().upper().encode()}
    wanted |= set(_base64_inside(plain))
    return wanted


def number_forms(number: int) -> set[bytes]:
    """Return how a Telegram id would show: as text in any form, and as SQLite's or a machine's integer."""
    wide = abs(number) >= 2**31
    binary = {number.to_bytes(size, order, signed=True) for size in (6, 8) for order in ("big", "little")}
    return forms(str(number)) | (binary if wide else set())


def found_in(folders: Iterable[Path], secrets: dict[str, set[bytes]]) -> list[str]:
    """Return ``what in file`` for each secret that shows; links are not followed, models are not ours."""
    traces = []
    for path in _files(folders):
        content = path.read_bytes()
        traces += [
            f"{what} in {path.name}" for what, shapes in secrets.items() if any(s in content for s in shapes)
        ]
    return traces


def _base64_inside(plain: bytes) -> Iterator[bytes]:
    """Yield the part of base64 that stands whatever comes before and after."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain)
        start = (shift * 8 + 5) // 6
        whole = len(plain) * 8 // 6 - 1
        yield encoded[start : start + whole]
        yield encoded[start : start + whole].replace(b"+", b"-").replace(b"/", b"_")


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts
            linked = any((folder / Path(*inside[: n + 1])).is_symlink() for n in range(len(inside)))
            if path.is_file() and not linked and "models" not in inside:
                yield path
