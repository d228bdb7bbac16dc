"""Files: sent by people, sent by the bot, fetched by a link that does not live long."""

import base64

import pytest

from bot.standin.files import MOST_DOWNLOAD, MOST_UPLOAD

GROUP, VIET = -1001000000001, 3001
KINDS = ("voice", "photo", "video", "audio", "document", "video_note", "sticker")


def packed(kind, data=b"bytes", **more):
    return {"kind": kind, "name": f"a.{kind}", "base64": base64.b64encode(data).decode(), **more}


async def file_id(bot, kind):
    told = (await bot.updates())[-1]["message"][kind]
    return (told[-1] if isinstance(told, list) else told)["file_id"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_persons_file_reaches_the_bot_and_can_be_fetched(client, bot, people, kind):
    """Source: Bot API, getFile."""
    await people.post("send", as_=VIET, file=packed(kind, b"content"))
    told = await bot.ok("getFile", file_id=await file_id(bot, kind))
    answer = await client.get(f"/file/bot{bot.token}/{told['file_path']}")
    assert answer.content == b"content"
    assert told["file_size"] == 7


async def test_a_persons_contact_reaches_the_bot(bot, people):
    """Source: Bot API, Message.contact."""
    await people.post("send", as_=VIET, file={"kind": "contact", "name": "Somebody"})
    assert (await bot.updates())[-1]["message"]["contact"]["first_name"] == "Somebody"


async def test_a_link_is_good_for_an_hour_and_holds_the_token(client, bot, people):
    """So it must never be handed on.

    Source: Bot API, getFile.
    """
    await people.post("send", as_=VIET, file=packed("voice"))
    number = await file_id(bot, "voice")
    url = f"/file/bot{bot.token}/{(await bot.ok('getFile', file_id=number))['file_path']}"
    assert bot.token in url
    await people.advance(3599)
    assert (await client.get(url)).status_code == 200
    await people.advance(1)
    assert (await client.get(url)).status_code == 404
    await bot.ok("getFile", file_id=number)
    assert (await client.get(url)).status_code == 200
    assert (await client.get(url.replace("STANDIN", "WRONG"))).status_code == 401


async def test_a_file_above_20_mb_is_too_big_to_fetch(bot, people):
    """Source: Bot API, getFile; telegram-bot-api Client.h:71."""
    await people.post("send", as_=VIET, file=packed("video", size=MOST_DOWNLOAD + 1))
    assert await bot.refused("getFile", file_id=await file_id(bot, "video")) == (
        "400 Bad Request: file is too big"
    )
    await people.post("send", as_=VIET, file=packed("video", size=MOST_DOWNLOAD))
    await bot.ok("getFile", file_id=await file_id(bot, "video"))
    assert (await bot.refused("getFile", file_id="x")).startswith("400 ")


async def test_an_upload_above_50_mb_is_refused(client, bot, people):
    """Source: Bot API, sendVoice."""
    await people.starts(VIET)
    answer = await client.post(
        f"/bot{bot.token}/sendDocument",
        data={"chat_id": VIET},
        files={"document": ("a", b"x" * (MOST_UPLOAD + 1))},
    )
    assert answer.json()["description"] == "Bad Request: file is too big"


async def test_a_file_id_sends_again_without_upload(client, bot, people):
    """Source: Bot API, "Sending files"."""
    await people.post("send", as_=VIET, file=packed("voice"))
    number = await file_id(bot, "voice")
    told = await bot.ok("sendVoice", chat_id=VIET, voice=number, duration=3)
    assert told["voice"]["file_id"] == number
    assert "can't use file of type" in await bot.refused("sendPhoto", chat_id=VIET, photo=number)
    assert (await bot.refused("sendVoice", chat_id=VIET, voice="unknown")).startswith("400 ")
    assert (await bot.refused("sendVoice", chat_id=VIET)).startswith("400 ")


@pytest.mark.parametrize("kind", KINDS)
async def test_the_bot_sends_every_kind(client, bot, people, kind):
    """Source: Bot API, sendPhoto, sendVoice, sendAudio, sendVideo, sendDocument, sendSticker and others."""
    await people.starts(VIET)
    name = "send" + "".join(part.title() for part in kind.split("_"))
    url = f"/bot{bot.token}/{name}"
    told = (await client.post(url, data={"chat_id": VIET}, files={kind: ("a.bin", b"x")})).json()["result"]
    assert kind in told
    empty = await client.post(url, data={"chat_id": VIET}, files={kind: ("a.bin", b"")})
    assert empty.json()["description"] == "Bad Request: file must be non-empty"


async def test_places_and_contacts_are_sent(bot, people):
    """Source: Bot API, sendLocation, sendContact."""
    await people.starts(VIET)
    told = await bot.ok("sendLocation", chat_id=VIET, latitude=51.5, longitude=-0.1)
    assert told["location"] == {"latitude": 51.5, "longitude": -0.1}
    assert (await bot.refused("sendLocation", chat_id=VIET, latitude=91, longitude=0)).startswith("400 ")
    told = await bot.ok("sendContact", chat_id=VIET, phone_number="999", first_name="Emergency")
    assert told["contact"] == {"phone_number": "999", "first_name": "Emergency"}
    assert (await bot.refused("sendContact", chat_id=VIET, phone_number="999")).startswith("400 ")
