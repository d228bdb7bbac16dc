"""F2: everything that goes wrong at Telegram, tried on every method we call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.chaos import story
from tests.chaos.play import Play, says
from tests.chaos.telegram import GROUP
from tests.chaos.trial import Fault
from tests.chaos.world import PEOPLE

BOT = 1000001
OWNER = 2001
"""Who owns the group at the stand-in."""

REFUSED = ("429", "401", "404", "409")
"""Telegram says no: the call surely did nothing."""

LOST = ("reset_after", "lost_reply", "half_body", "500", "502", "504", "broken_json")
"""Nobody can know whether the call did anything."""

EITHER = ("reset_before", "refuse", "slow")
"""It depends on what the client saw of it."""

PIM = PEOPLE["Pim"][0]
METHODS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "bot's answer": ("sendMessage", {"match": {"chat_id": PIM}, "nth": 2}),
    "our notice": ("sendMessage", {"match": {"chat_id": PIM}, "nth": 5}),
    "advocate's words": ("sendMessage", {"match": {"chat_id": PIM}, "nth": 7}),
    "words into the topic": ("sendMessage", {"match": {"chat_id": GROUP}, "nth": 2}),
    "card": ("sendMessage", {"match": {"chat_id": GROUP}, "nth": 1}),
    "card's edit": ("editMessageText", {}),
    "new topic": ("createForumTopic", {}),
    "topic's name": ("editForumTopic", {}),
    "topic's end": ("closeForumTopic", {}),
    "tick": ("setMessageReaction", {}),
    "press": ("answerCallbackQuery", {}),
    "asking for updates": ("getUpdates", {"nth": 3}),
}
TO_PEOPLE = frozenset({"bot's answer", "our notice", "advocate's words"})


def faults() -> list[Fault]:
    """Return every fault on every method, and what happens to chats and groups."""
    every = [_fault(name, action) for name in METHODS for action in (*REFUSED, *LOST, *EITHER)]
    return [*every, *chats()]


def short_faults() -> list[Fault]:
    """Return the few that stand for the rest in every test run."""
    chosen = (
        ("advocate's words", "reset_after"),
        ("words into the topic", "502"),
        ("new topic", "429"),
    )
    return [_fault(name, action) for name, action in chosen]


def chats() -> list[Fault]:
    """Return what happens to chats and groups while we write to them."""
    return [
        Fault("blocked in mid-answer", blocked),
        Fault("topic deleted", topic_deleted),
        Fault("bot thrown out of the group", thrown_out),
        Fault("bot no admin any more", demoted),
        Fault("group moved", moved, lost_calls=None),
        Fault("token refused for a while", token_refused),
    ]


def _fault(name: str, action: str) -> Fault:
    method, more = METHODS[name]

    async def deed(play: Play) -> None:
        await play.world.telegram.fault(method, action, **more)
        await story.short(play)
        await play.world.quiet()
        left = await play.world.telegram.look("faults")
        assert not left, f"{method} was never called often enough"

    to_person = name in TO_PEOPLE
    lost = 1 if to_person and action in LOST else None if to_person and action in EITHER else 0
    return Fault(f"{action} on {name}", deed, lost_calls=lost)


async def _asked(play: Play) -> None:
    await play.asks("Pim", "hello, how are you")
    await play.asks("Pim", "can i talk to a person please", to="both", expects=story.QUEUED)


async def blocked(play: Play) -> None:
    """Pim blocks the bot while Ada's words are on their way, and gets them on coming back."""
    telegram = play.world.telegram
    await _asked(play)
    await play.claims("Ada", "Pim")
    block = {"as": PIM, "blocked": True}
    await telegram.fault("sendMessage", "event", match={"chat_id": PIM}, event="block", body=block)
    said = await play.replies("Ada", "Pim", "are you there?")
    await play.advocates_read(says("adv_person_blocked"))
    await telegram.do("block", **{"as": PIM}, blocked=False)
    await play.hears("Pim", said)
    await play.hands_back("Ada", "Pim")


async def topic_deleted(play: Play) -> None:
    """The topic is deleted under the conversation: a new one takes its place, and words arrive there."""
    await _asked(play)
    await play.claims("Ada", "Pim")
    told = {"as": OWNER, "chat": GROUP, "thread": play.threads.pop("Pim"), "action": "delete"}
    await play.world.telegram.do("topic", **told)
    play.forget_topics()
    await play.in_topic(await play.writes("Pim", "are you still there?", to="topic"))
    await play.hears("Pim", await play.replies("Ada", "Pim", "yes I am"))
    await play.hands_back("Ada", "Pim")


async def _group_trouble(play: Play, member: dict[str, Any], mend: dict[str, Any]) -> None:
    telegram = play.world.telegram
    await play.asks("Pim", "hello, how are you")
    await telegram.do("member", chat=GROUP, user=BOT, by=OWNER, **member)
    start = play.heard(await telegram.shown(), "Pim")
    said = await play.writes("Pim", "can i talk to a person please", to="both")
    await play.bot_says("Pim", story.QUEUED, since=start)
    await play.alarms_say("group")
    await telegram.do("member", chat=GROUP, user=BOT, by=OWNER, **mend)
    # The group is tried again once a minute.
    await play.in_topic(said, seconds=90)
    await play.claims("Ada", "Pim")
    await play.hands_back("Ada", "Pim")


async def thrown_out(play: Play) -> None:
    """The bot is thrown out of the group: an alarm; once back, everything held arrives."""
    await _group_trouble(play, {"action": "kick"}, {"action": "promote"})


async def demoted(play: Play) -> None:
    """The bot loses its rights: an alarm; once it has them again, everything held arrives."""
    await _group_trouble(play, {"action": "demote"}, {"action": "promote"})


async def moved(play: Play) -> None:
    """The group gets another id: what comes next goes there, in a new topic."""
    await _asked(play)
    new = (await play.world.telegram.do("migrate", chat=GROUP))["new_chat"]
    play.group_moved(new)
    await play.in_topic(await play.writes("Pim", "are you still there?", to="topic"))
    await play.claims("Ada", "Pim")
    await play.hands_back("Ada", "Pim")


async def token_refused(play: Play) -> None:
    """Telegram refuses the token for a while: an alarm, and everything goes on once it takes it again."""
    telegram = play.world.telegram
    await play.asks("Pim", "hello, how are you")
    await telegram.do("token", revoked=True)
    start = play.heard(await telegram.shown(), "Pim")
    await play.writes("Pim", "what are my rights")
    await play.alarms_say("token")
    await telegram.do("token", revoked=False)
    await play.bot_says("Pim", [""], since=start)
