"""How a call comes in: query, form, multipart with `attach://`, or JSON; by GET or POST."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.standin.problems import JSON, ApiError, bad_request

BIG_PART = 64 * 1024 * 1024


@dataclass
class Upload:
    """A file that came with a call."""

    name: str
    data: bytes


@dataclass
class Call:
    """One call of the Bot API, read but not yet understood."""

    method: str
    parameters: JSON = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)


async def read(request: Request, method: str) -> Call:
    """Read a call's parameters; the body wins over the query.

    Raises:
        ApiError: 400 when the body cannot be read.
    """
    call = Call(method, dict(parse_qsl(request.url.query, keep_blank_values=True)))
    if request.method != "POST":
        return call
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        call.parameters |= _read_json(await request.body())
    elif kind == "application/x-www-form-urlencoded":
        body = (await request.body()).decode("utf-8", "replace")
        call.parameters |= dict(parse_qsl(body, keep_blank_values=True))
    elif kind == "multipart/form-data":
        await _read_multipart(request, call)
    return call


def _read_json(body: bytes) -> JSON:
    try:
        told = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(told, dict):
        raise bad_request("object expected as the body")
    return {key: value for key, value in told.items() if value is not None}


async def _read_multipart(request: Request, call: Call) -> None:
    async with request.form(max_part_size=BIG_PART) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                call.uploads[name] = Upload(value.filename or name, await value.read())
            else:
                call.parameters[name] = value


class Args:
    """A call's parameters by name, in the types the Bot API means."""

    def __init__(self, call: Call) -> None:
        self._given = call.parameters
        self._uploads = call.uploads

    def has(self, name: str) -> bool:
        """Whether a parameter was given and is not empty."""
        return self._given.get(name) not in (None, "")

    def given(self) -> frozenset[str]:
        """Return the names of all that was given, empty or not."""
        return frozenset(self._given) | frozenset(self._uploads)

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self._given.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a parameter as a whole number; what is none counts as the default, as on Telegram."""
        try:
            return int(str(self._given.get(name, default)))
        except ValueError:
            return default

    def number(self, name: str) -> float:
        """Return a parameter as a number, or refuse."""
        try:
            return float(str(self._given.get(name, "")))
        except ValueError as error:
            raise bad_request(f"{name} must be a number") from error

    def boolean(self, name: str) -> bool:
        """Return a parameter as yes or no."""
        return str(self._given.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> Any:
        """Return a parameter that is JSON, or None when it is missing.

        Raises:
            ApiError: 400 when it is not JSON.
        """
        value = self._given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise _unreadable(name) from error

    def object(self, name: str) -> JSON:
        """Return a parameter that is a JSON object; empty when it is missing."""
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            raise _unreadable(name)
        return value or {}

    def array(self, name: str) -> list[Any] | None:
        """Return a parameter that is a JSON array, or None when it is missing."""
        value = self.json(name)
        if value is not None and not isinstance(value, list):
            raise _unreadable(name)
        return value

    def upload(self, name: str) -> Upload | None:
        """Return the file of a parameter, in its own part or by `attach://`.

        Raises:
            ApiError: 400 when `attach://` names a part that did not come.
        """
        if name in self._uploads:
            return self._uploads[name]
        value = self._given.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            part = self._uploads.get(value.removeprefix("attach://"))
            if part is None:
                raise bad_request("wrong file identifier/HTTP URL specified")
            return part
        return None


def _unreadable(name: str) -> ApiError:
    words = {
        "reply_markup": "can't parse reply keyboard markup JSON object",
        "reply_parameters": "can't parse reply parameters JSON object",
        "entities": "can't parse entities JSON object",
        "caption_entities": "can't parse entities JSON object",
        "allowed_updates": "can't parse allowed updates JSON object",
    }
    return bad_request(words.get(name, f"can't parse {name} JSON object"))
