"""A stand-in on a free port, a Chromium, pages that must stay quiet, and a bot of a few lines."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright

from bot.standin import STANDIN_TOKEN
from bot.standin.app import create_app
from bot.standin.serve import serve
from bot.standin.world import World

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
GROUP = -1001000000001
OpenPage = Callable[..., Awaitable["Phones"]]


class Standin:
    """The control API and the Bot API of one running stand-in."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self._token = token
        self.offset = 0
        self.http = httpx.AsyncClient(base_url=address, timeout=30)

    async def post(self, path: str, **body: Any) -> Any:
        """Ask the control API for something that must succeed."""
        answer = await self.http.post(f"/standin/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str) -> Any:
        """Read from the control API."""
        return (await self.http.get(f"/standin/{path}")).raise_for_status().json()

    async def bot(self, method: str, **parameters: Any) -> Any:
        """Call the Bot API as the bot; the call must succeed."""
        answer = (await self.http.post(f"/bot{self._token}/{method}", json=parameters)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def fetch(self, kind: str) -> Any:
        """Fetch updates until one of this kind comes that is not the bot's own doing."""
        others: list[str] = []
        while updates := await self.bot("getUpdates", offset=self.offset, timeout=8, limit=1):
            self.offset = updates[0]["update_id"] + 1
            if kind in updates[0] and not updates[0][kind]["from"]["is_bot"]:
                return updates[0][kind]
            others += [name for name in updates[0] if name != "update_id"]
        raise AssertionError(f"no {kind} came, only {others}")

    async def confirm(self) -> None:
        """Confirm what was fetched."""
        await self.bot("getUpdates", offset=self.offset, timeout=0)

    async def say(self, chat: int, text: str, *rows: list[tuple[str, str]], **more: Any) -> int:
        """Let the bot send text with rows of buttons (label, data); returns the message id."""
        if rows:
            keyboard = [[{"text": label, "callback_data": data} for label, data in row] for row in rows]
            more["reply_markup"] = {"inline_keyboard": keyboard}
        return int((await self.bot("sendMessage", chat_id=chat, text=text, **more))["message_id"])

    async def topic(self, name: str, **more: Any) -> int:
        """Let the bot open a topic; returns its thread."""
        made = await self.bot("createForumTopic", chat_id=GROUP, name=name, **more)
        return int(made["message_thread_id"])


class Phones:
    """A page in the browser, with what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def by(self, testid: str, **attributes: str | int) -> Locator:
        """Find by data-testid and other data-* attributes."""
        more = "".join(f'[data-{name}="{value}"]' for name, value in attributes.items())
        return self.page.locator(f'[data-testid="{testid}"]{more}')

    async def hold(self, person: int) -> None:
        """Put the left phone into a young person's hand."""
        await self.by("person-tab", user=person).click()

    async def write(self, words: str, side: str = "person") -> None:
        """Write into a chat, send with Enter, and wait until the stand-in has answered."""
        await self.by(f"{side}-input").fill(words)
        async with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            await self.by(f"{side}-input").press("Enter")

    async def menu(self, message: Locator, side: str = "person") -> None:
        """Open what can be done with a message."""
        await message.hover()
        await message.get_by_test_id(f"{side}-more").click()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_standin() -> AsyncIterator[Standin]:
    """One stand-in for all tests of the page."""
    async with serve(create_app(World(STANDIN_TOKEN))) as address:
        standin = Standin(address, STANDIN_TOKEN)
        yield standin
        await standin.http.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def standin(running_standin: Standin) -> AsyncIterator[Standin]:
    """The stand-in in its start world; it must have nothing to complain of in what the test's bot asked."""
    await running_standin.post("reset")
    running_standin.offset = 0
    yield running_standin
    assert await running_standin.get("complaints") == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(standin: Standin, browser: Browser) -> AsyncIterator[OpenPage]:
    """Open the page, once or several times; none may log an error or ask another host."""
    opened: list[Phones] = []

    async def open_one(width: int = 1280, height: int = 800, **context: Any) -> Phones:
        size = {"width": width, "height": height}
        where = await browser.new_context(viewport=size, **context)
        where.set_default_timeout(15_000)
        phones = Phones(await where.new_page())
        opened.append(phones)
        await phones.page.goto(standin.address)
        await phones.by("connection", state="live").wait_for()
        await phones.by("person-tab").first.wait_for(state="attached")
        return phones

    yield open_one
    for phones in opened:
        await phones.page.context.close()
    assert [phones.complaints for phones in opened] == [[] for _ in opened]
    assert {host for phones in opened for host in phones.hosts} <= {urlsplit(standin.address).netloc}


@pytest_asyncio.fixture(loop_scope="session")
async def phones(open_page: OpenPage) -> Phones:
    """Both phones on a desktop's screen."""
    return await open_page()
