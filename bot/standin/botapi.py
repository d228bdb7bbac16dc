"""The Bot API's door: token, method, faults, pace, answer, record."""

from __future__ import annotations

import asyncio
import hmac
import inspect
import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from bot.standin import faults, transport, wire
from bot.standin.faults import Fault
from bot.standin.methods.table import KNOWN_ELSEWHERE, METHODS, UNWRITTEN, Method
from bot.standin.polling import Batch, Dropped
from bot.standin.problems import JSON, ApiError, ControlError, bad_request
from bot.standin.queue import Pending
from bot.standin.wire import Args, Call
from bot.standin.world import World

WORDS = frozenset({
    "text", "caption", "name", "title", "description", "short_description", "callback_query_id", "url",
    "secret_token", "first_name", "last_name", "phone_number", "file_id", "performer", "emoji", "parse_mode",
    "language_code", "action",
})  # fmt: skip
"""Parameters that are text even when they look like a number."""


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes
    media: str = "application/json"


class BotApi:
    """An ASGI app for `/bot<token>/<method>`; raw, because it must be able to break its own answers."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call, or spoil it as the plan says."""
        request = Request(scope, receive)
        token, name = scope["path_params"]["token"], scope["path_params"]["method"]
        try:
            check_token(self.world, token)
            method = find_method(self.world, name)
            call = await wire.read(request, method.name)
        except ApiError as refused:
            self.world.records.request(name, {}, refused.body())
            await _send(send, _json(refused.code, refused.body()))
            return
        await self._serve(method, call, scope, receive, send)

    async def _serve(self, method: Method, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        parameters = readable(call)
        _note_complaints(self.world, method, parameters)
        fault = self.world.faults.take(method.name, parameters)
        if fault is not None:
            self.world.clock.ring()
        action = fault.action if fault is not None else ""
        if action in faults.CUTS_BEFORE:
            self.world.records.request(method.name, parameters, None, fault=action)
            await transport.cut(scope, receive, reset=action == "reset_before")
            return
        try:
            answer, told = await self._answer(method, call, fault)
        except Dropped:
            self.world.records.request(method.name, parameters, None, fault="restart")
            await transport.cut(scope, receive, reset=True)
            return
        self.world.records.request(method.name, parameters, told, fault=action or None)
        await self._deliver(answer, fault, scope, receive, send)

    async def _answer(self, method: Method, call: Call, fault: Fault | None) -> tuple[Answer, Any]:
        """Return the answer and what to record of it."""
        if fault is not None and fault.action in faults.REFUSALS:
            if fault.applied:
                await self._run(method, call)
            refused = faults.refusal(fault)
            if refused is not None:
                return _json(refused.code, refused.body()), refused.body()
            page = faults.gateway_page(fault.action)
            return Answer(int(fault.action), page.encode(), "text/html"), page
        if fault is not None and fault.action == faults.HAPPENING:
            self._let_happen(fault)
        return await self._run(method, call)

    def _let_happen(self, fault: Fault) -> None:
        """Let something happen just before the call; what cannot (any more) is a complaint, not a crash."""
        try:
            self.world.happen(fault.event, fault.body)
        except ControlError as impossible:
            self.world.records.complain(fault.method, f"planned {fault.event} could not happen: {impossible}")

    async def _run(self, method: Method, call: Call) -> tuple[Answer, Any]:
        try:
            if method.paced:
                self.world.limits.spend(*_cost(call))
            result = method.run(self.world, Args(call))
            if inspect.isawaitable(result):
                result = await result
        except ApiError as refused:
            return _json(refused.code, refused.body()), refused.body()
        if isinstance(result, Batch):
            ids = [item.update_id for item in result.items]
            return Answer(200, _batch(result.items)), {"ok": True, "result": ids}
        told = {"ok": True, "result": result}
        return _json(200, told), told

    async def _deliver(
        self, answer: Answer, fault: Fault | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        action = fault.action if fault is not None else ""
        if action == "reset_after":
            await transport.cut(scope, receive, reset=True)
        elif action == "lost_reply":
            await transport.hang(scope, receive)
        elif action == "half_body":
            await transport.send_start(send, answer.status, answer.media, len(answer.body))
            await transport.send_body(send, answer.body[: len(answer.body) // 2], more=True)
            await transport.cut(scope, receive, reset=False)
        elif action == "broken_json":
            await _send(send, Answer(answer.status, answer.body[: len(answer.body) * 2 // 3]))
        elif fault is not None and action == "slow":
            await self._send_slowly(send, answer, fault.interval)
        else:
            await _send(send, answer)

    async def _send_slowly(self, send: Send, answer: Answer, interval: float) -> None:
        await transport.send_start(send, answer.status, answer.media, len(answer.body))
        due = self.world.clock.now()
        for at in range(len(answer.body)):
            await self.world.clock.until(due := due + interval)
            await transport.send_body(send, answer.body[at : at + 1], more=at + 1 < len(answer.body))
            await asyncio.sleep(0)


def check_token(world: World, token: str) -> None:
    """Refuse a token that is malformed, wrong, revoked, or logged out.

    Source: telegram-bot-api `Client.cpp`:16291; python-telegram-bot `_baserequest.py`.
    """
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        raise ApiError(404, "Not Found")
    if world.refused_token or not hmac.compare_digest(token, world.token):
        raise ApiError(401, "Unauthorized")
    if world.clock.now() < world.logged_out_until:
        raise bad_request("Logged out")


def find_method(world: World, name: str) -> Method:
    """Return a method; a real one that is not written here fails loudly, never quietly.

    Source: telegram-bot-api `Client.cpp`:12664.
    """
    found = METHODS.get(name.lower())
    if found is not None:
        return found
    if name.lower() in KNOWN_ELSEWHERE:
        world.records.complain(name, "this method exists on Telegram and is not written in the stand-in")
        raise ApiError(501, f"Not Implemented: the stand-in has no {name}")
    raise ApiError(404, "Not Found: method not found")


def _note_complaints(world: World, method: Method, parameters: JSON) -> None:
    for name in parameters:
        if name not in method.parameters:
            world.records.complain(method.name, f"unknown parameter {name}")
        elif name in UNWRITTEN and parameters[name] not in (None, "", False):
            world.records.complain(method.name, f"parameter {name} is not written in the stand-in")
    if parameters.get("parse_mode"):
        world.records.complain(method.name, "parse_mode: a person's words could break or format the message")


def readable(call: Call) -> JSON:
    """Return a call's parameters as values for assertions and matching; files by their name."""
    told: JSON = {}
    for name, value in call.parameters.items():
        told[name] = value
        if isinstance(value, str) and name not in WORDS:
            try:
                told[name] = json.loads(value)
            except ValueError:
                told[name] = value
    attached = {value.removeprefix("attach://") for value in told.values() if isinstance(value, str)}
    for part, upload in call.uploads.items():
        if part not in attached:
            told[part] = f"<file {upload.name}>"
    return told


def _cost(call: Call) -> tuple[int, int]:
    given = str(call.parameters.get("chat_id", "0"))
    chat = int(given) if given.lstrip("-").isdigit() else 0
    numbers = readable(call).get("message_ids")
    return chat, len(numbers) if isinstance(numbers, list) else 1


def update_json(item: Pending) -> str:
    """Return an update as it goes over the wire."""
    if item.verbatim is not None:
        return item.verbatim
    return json.dumps({"update_id": item.update_id, item.kind: item.body}, ensure_ascii=False)


def _batch(items: tuple[Pending, ...]) -> bytes:
    return f'{{"ok":true,"result":[{",".join(update_json(item) for item in items)}]}}'.encode()


def _json(status: int, told: JSON) -> Answer:
    return Answer(status, json.dumps(told, ensure_ascii=False).encode())


async def _send(send: Send, answer: Answer) -> None:
    await transport.send_start(send, answer.status, answer.media, len(answer.body))
    await transport.send_body(send, answer.body)
