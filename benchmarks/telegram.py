"""Just enough of Telegram to be written to and answered through: long polls, and a clock on every send.

It is not the project's local Telegram: that one keeps ledgers and checks parameters, which would be
measured along. Here an update costs a list and a send costs a look-up.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from benchmarks.processes import free_port

TOKEN = "1000001:BENCHMARK-token-for-this-machine-only"
BOT = {"id": 1000001, "is_bot": True, "first_name": "Harbour", "username": "harbour_benchmark_bot"}
MOST_UPDATES = 100
TOLD_AT = 1_700_000_000


class LocalTelegram:
    """A Bot API on loopback. ``say`` is a person's message, and returns when the bot has answered.

    Args:
        not_answers: Texts that are sent instead of an answer (the engine is down …): counted apart.
        beside: Texts that come along with a first answer (the notice …) and end no turn.
    """

    def __init__(self, not_answers: Collection[str] = (), beside: Collection[str] = ()) -> None:
        self.port = free_port()
        self.calls: Counter[str] = Counter()
        self.not_answered = 0
        self._not_answers = frozenset(not_answers)
        self._beside = frozenset(beside)
        self._numbers = itertools.count(1)
        self._waiting: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._answers: defaultdict[int, deque[asyncio.Future[float]]] = defaultdict(deque)
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Return where the Bot API answers."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> LocalTelegram:
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            host="127.0.0.1",
            port=self.port,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
        )
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server._serve())
        while not self._server.started:
            if self._serving.done():
                self._serving.result()
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *raised: object) -> None:
        assert self._server is not None
        assert self._serving is not None
        self._server.should_exit = self._server.force_exit = True
        self._news.set()
        await self._serving

    async def say(self, person: int, text: str) -> float:
        """Return the seconds from a message's arrival at Telegram to the first send of the answer itself."""
        return await self._turn(person, {"text": text})

    async def share_places(self, person: int, count: int) -> None:
        """Share so many places without waiting between: whole turns, but with no words to understand."""
        place = {"location": {"latitude": 51.5, "longitude": -0.12}}
        await asyncio.gather(*(self._turn(person, place) for _ in range(count)))

    async def _turn(self, person: int, content: Mapping[str, Any]) -> float:
        answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._answers[person].append(answered)
        began = time.perf_counter()
        self._waiting.append(update(next(self._numbers), person, content))
        self._news.set()
        return await answered - began

    async def _app(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        method = str(scope["path"]).rpartition("/")[2]
        result = json.dumps({"ok": True, "result": await self._answer(method, body)}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(result)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": result})

    async def _answer(self, method: str, body: bytes) -> Any:
        self.calls[method] += 1
        match method:
            case "sendMessage":
                return self._sent(body, time.perf_counter())
            case "getUpdates":
                return await self._updates(_field(body, "offset"), _field(body, "timeout"))
            case "getMe":
                return BOT
            case "getWebhookInfo":
                return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
            case "createForumTopic":
                return {"message_thread_id": next(self._numbers), "name": "case", "icon_color": 7322096}
            case _:
                return True

    def _sent(self, body: bytes, at: float) -> dict[str, Any]:
        chat, text = _field(body, "chat_id"), parse_qs(body.decode()).get("text", [""])[0]
        self.not_answered += text in self._not_answers
        if text not in self._beside and (waiting := self._answers[chat]):
            answered = waiting.popleft()
            if not answered.done():
                answered.set_result(at)
        kind = {"type": "private", "first_name": "P"} if chat > 0 else {"type": "supergroup", "title": "A"}
        number = next(self._numbers)
        return {
            "message_id": number,
            "date": TOLD_AT,
            "chat": {"id": chat, **kind},
            "from": BOT,
            "text": text,
        }

    async def _updates(self, offset: int, wait_seconds: int) -> list[dict[str, Any]]:
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        if not self._waiting:
            self._news.clear()
            try:
                async with asyncio.timeout(wait_seconds):
                    await self._news.wait()
            except TimeoutError:
                return []
        return self._waiting[:MOST_UPDATES]


def update(number: int, person: int, content: Mapping[str, Any]) -> dict[str, Any]:
    sender = {"id": person, "is_bot": False, "first_name": "P", "language_code": "en"}
    chat = {"id": person, "type": "private", "first_name": "P"}
    message = {"message_id": number, "date": TOLD_AT, "from": sender, "chat": chat, **content}
    return {"update_id": number, "message": message}


def _field(body: bytes, name: str) -> int:
    return int(parse_qs(body.decode()).get(name, ["0"])[0])
