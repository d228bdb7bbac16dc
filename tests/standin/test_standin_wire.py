"""How calls come in, and what happens to those that should not."""

import httpx

from bot.standin import STANDIN_TOKEN

GROUP, VIET = -1001000000001, 3001
URL = f"/bot{STANDIN_TOKEN}"


async def test_get_and_post_query_form_json_and_multipart_mean_the_same(client, bot, people, form):
    """Source: Bot API, "Making requests"."""
    await people.starts(VIET)
    told = {"chat_id": VIET, "text": "12"}
    answers = [
        await client.get(f"{URL}/sendMessage", params=told),
        await client.post(f"{URL}/sendMessage", params=told),
        await client.post(f"{URL}/sendMessage", data=form(**told)),
        await client.post(f"{URL}/sendMessage", json=told),
        await client.post(f"{URL}/sendMessage", files={"chat_id": (None, str(VIET)), "text": (None, "12")}),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["12"] * 5
    assert await people.get("complaints") == []


async def test_method_names_do_not_mind_their_case(bot):
    """Source: telegram-bot-api Client.cpp, methods_ are looked up in lower case."""
    assert (await bot.ok("GETME"))["username"] == (await bot.ok("getme"))["username"]


async def test_nested_parameters_come_as_json_text_in_forms(client, people, form):
    """Source: Bot API, "Making requests": objects are JSON-serialized."""
    await people.starts(VIET)
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    answer = await client.post(f"{URL}/sendMessage", data=form(chat_id=VIET, text="?", reply_markup=markup))
    assert answer.json()["result"]["reply_markup"] == markup


async def test_a_file_comes_in_its_own_part_or_by_attach(client, people):
    """Source: Bot API, "Sending files"."""
    await people.starts(VIET)
    own = await client.post(f"{URL}/sendVoice", data={"chat_id": VIET}, files={"voice": ("a.ogg", b"sound")})
    named = await client.post(
        f"{URL}/sendVoice", data={"chat_id": VIET, "voice": "attach://x"}, files={"x": ("a.ogg", b"sound")}
    )
    lost = await client.post(f"{URL}/sendVoice", data={"chat_id": VIET, "voice": "attach://x"})
    assert own.json()["result"]["voice"]["file_size"] == named.json()["result"]["voice"]["file_size"] == 5
    assert lost.json()["error_code"] == 400


async def test_an_unknown_method_is_404(bot):
    """Source: telegram-bot-api Client.cpp:12664."""
    assert await bot.refused("sendPigeon") == "404 Not Found: method not found"


async def test_a_real_method_that_is_not_written_fails_loudly(bot, people):
    """A stand-in that quietly says true would hide that a behaviour was never tried."""
    assert (await bot.refused("sendPoll")).startswith("501 ")
    assert [one["method"] for one in await people.get("complaints")] == ["sendPoll"]


async def test_unknown_parameters_are_let_through_and_remembered(bot, people):
    """Telegram ignores them; here they fail the test at its end."""
    await people.starts(VIET)
    await bot.says(VIET, "hi", txet="typo")
    assert [one["complaint"] for one in await people.get("complaints")] == ["unknown parameter txet"]


async def test_parameters_that_do_nothing_here_are_remembered(bot, people):
    """A parameter that changes things on Telegram and nothing here must not pass unseen."""
    await people.starts(VIET)
    await bot.says(VIET, "hi", message_effect_id="5104841245755180586")
    assert "message_effect_id" in (await people.get("complaints"))[0]["complaint"]


async def test_every_request_and_answer_is_recorded(bot, people):
    """Tests assert on what was asked, with values in their own types."""
    await people.starts(VIET)
    await bot.says(VIET, "12")
    await bot.refused("sendMessage", chat_id=99, text="x")
    calls = await people.get("requests?method=sendMessage")
    assert calls[0]["parameters"] == {"chat_id": VIET, "text": "12"}
    assert [call["answer"]["ok"] for call in calls] == [True, False]
    assert [call["method"] for call in await people.get("requests")] == ["sendMessage", "sendMessage"]


async def test_a_body_that_is_no_json_is_refused(client):
    """Source: telegram-bot-api, HttpConnection: broken JSON bodies are 400."""
    answer = await client.post(
        f"{URL}/getMe", content=b"{", headers=httpx.Headers({"content-type": "application/json"})
    )
    assert answer.status_code == 400


async def test_tokens_malformed_wrong_and_revoked(client, bot, people):
    """Malformed is 404, wrong or revoked is 401.

    Source: python-telegram-bot _baserequest.py; telegram-bot-api Client.cpp:16291.
    """
    assert (await client.get("/botnonsense/getMe")).json() == {
        "ok": False, "error_code": 404, "description": "Not Found",
    }  # fmt: skip
    assert (await client.get("/bot1000001:SomeOtherToken/getMe")).json()["description"] == "Unauthorized"
    await people.post("token", revoked=True)
    assert await bot.refused("getMe") == "401 Unauthorized"


async def test_log_out_and_close(bot, people):
    """After logOut nothing answers for ten minutes; close is refused in the first ten.

    Source: Bot API, logOut and close.
    """
    assert (await bot.refused("close")).startswith("429 ")
    await people.advance(601)
    assert await bot.ok("close") is True
    await bot.ok("logOut")
    assert await bot.refused("getMe") == "400 Bad Request: Logged out"
    await people.advance(600)
    assert (await bot.ok("getMe"))["is_bot"]
