"""The stories faults are tried on: young people, two advocates, and one who may not, hello to goodbye."""

from __future__ import annotations

import asyncio

from tests.chaos.play import CLAIM, Play, says
from tests.chaos.telegram import buttons_of
from tests.chaos.world import ADVOCATES

SAFETY = ("999",)
"""Every safety text names it, in every language."""


async def whole(play: Play) -> None:
    """Play everything, one thing after the other or side by side as people would."""
    await first_words(play)
    await danger(play)
    await asking(play)
    await claiming(play)
    await talking(play)
    await handing_back(play)


async def short(play: Play) -> None:
    """Play one person's road only: hello, asking, claim, a few words each way, hand back."""
    await play.asks("Pim", "hello, how are you")
    await play.asks("Pim", "can i talk to a person please", to="both", expects=QUEUED)
    await play.claims("Ada", "Pim")
    await both_ways(play, "Pim", "Ada")
    await play.hands_back("Ada", "Pim")


async def road(play: Play) -> None:
    """Play one person's whole road: language button, danger, a hand-over, words each way, and back."""
    await play.asks("Pim", "hello, how are you")
    await play.presses("Pim", ["Tiếng Việt"], expects=says("utter_language_changed"))
    await danger(play)
    await play.claims("Ada", "Pim")
    await play.replies("Ben", "Pim", "I am Ben, tell me where you are", to="nobody")
    for text in ("I hear you", "are you safe now?"):
        said = await play.replies("Ada", "Pim", text)
        await play.in_topic(await play.writes("Pim", "vâng", to="topic"))
        await play.hears("Pim", said)
    await play.hands_back("Ada", "Pim")
    await play.asks("Pim", "cảm ơn")


async def first_words(play: Play) -> None:
    """Pim writes English and Vietnamese and chooses Vietnamese; Quy writes Arabic."""
    await play.asks("Pim", "hello, how are you")
    await play.presses("Pim", ["Tiếng Việt"], expects=says("utter_language_changed"))
    await play.asks("Pim", "quyền của tôi là gì")
    await play.asks("Quy", "مرحبا كيف حالك")


async def danger(play: Play) -> None:
    """Pim writes that there is danger: the safety text at once, and advocates hear it."""
    await play.asks("Pim", "anh ta đang đánh tôi, cứu tôi với", to="both", expects=SAFETY)


async def asking(play: Play) -> None:
    """Both ask for a person; Pim has been heard already."""
    await play.asks("Pim", "tôi muốn nói chuyện với một người", to="both", expects=QUEUED)
    await play.asks("Quy", "أريد التحدث إلى شخص من فضلكم", to="both", expects=QUEUED)


async def claiming(play: Play) -> None:
    """Ada takes Pim, Ben takes Quy; then Ben tries to take Pim with the button that was there."""
    card = await play.claims("Ada", "Pim")
    await play.claims("Ben", "Quy")
    old = next(button for button in buttons_of(card) if button["text"] in CLAIM)
    told = {"as": ADVOCATES["Ben"], "chat": card["chat"], "message": card["message"]}
    await play.world.telegram.do("press", **told, data=old["callback_data"])


async def talking(play: Play) -> None:
    """Both conversations at once; whoever does not hold one writes in its topic too, and is not heard."""
    await play.replies("Ben", "Pim", "I am Ben, tell me where you are", to="nobody")
    await play.replies("Cleo", "Pim", "come outside, we wait for you", to="nobody")
    async with asyncio.TaskGroup() as both:
        both.create_task(both_ways(play, "Pim", "Ada"))
        both.create_task(both_ways(play, "Quy", "Ben"))


async def both_ways(play: Play, person: str, advocate: str) -> None:
    """Several messages each way without waiting, then a last one each way that is waited for."""
    for text in ("I hear you", "you are not alone", "take your time"):
        await play.replies(advocate, person, text)
        await play.writes(person, "toi nghe, نعم, yes", to="topic")
    await play.hears(person, await play.replies(advocate, person, "are you safe now?"))
    await play.in_topic(await play.writes(person, "yes, thank you", to="topic"))


async def handing_back(play: Play) -> None:
    """The advocates close; the bot answers again, and advocates hear no more."""
    await play.hands_back("Ada", "Pim")
    await play.hands_back("Ben", "Quy")
    await play.asks("Pim", "cảm ơn")
    await play.asks("Quy", "شكرا لكم")


QUEUED = says("utter_handoff_queued") | says("utter_handoff_queued_urgent") | says("utter_handoff_already")
