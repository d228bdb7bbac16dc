"""People in a world: they write, press, wait for what they expect, and tap when an answer may be lost."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.messages import Language
from bot.words import Words
from tests.chaos.service import ROOT
from tests.chaos.telegram import GROUP, Entry, Shown, buttons_of
from tests.chaos.world import ADVOCATES, PEOPLE, World, breath

STEP_SECONDS = 60.0
WORDS = Words.load(ROOT)
LANGUAGES = tuple(tag for tag, _ in WORDS.languages())


class Stuck(AssertionError):
    """Somebody waited for something that never came."""


def canary() -> str:
    """Return a word nobody else writes; digits, so that no language is heard in it."""
    return str(secrets.randbelow(9 * 10**11) + 10**11)


def says(name: str) -> frozenset[str]:
    """Return one of our texts in every language it may come in."""
    return frozenset(WORDS.say(name, Language(tag)).text for tag in LANGUAGES)


OFFER, OFFER_LABEL = says("utter_answer_again"), says("label_again")
RESEND_LABEL, UNCERTAIN = says("label_resend"), says("adv_uncertain") | says("adv_uncertain_notice")
CLAIM, RELEASE = says("label_claim"), says("label_release")
REPEAT_MARK = WORDS.say("adv_may_be_repeat", Language("en")).text
ENGINE_DOWN = says("utter_engine_down")


@dataclass(frozen=True)
class Said:
    """Something somebody said: ``about`` is whose conversation, ``to`` where it has to arrive."""

    word: str
    by: str
    about: str
    to: str
    """``person``, ``topic``, ``bot`` (answered, and never in the group), ``both``, ``nobody``;
    ``maybe`` (the bot could not read it; advocates may see it)."""


@dataclass
class Play:
    """The people of one world, and a record of what they did."""

    world: World
    said: list[Said] = field(default_factory=list)
    taps: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    every_thread: dict[str, set[int]] = field(default_factory=dict)
    """Per person, each topic their case ever had; ``threads`` has the present one."""
    engine_down: int = 0
    group: int = GROUP
    note: str = ""
    """What a trial wants told beside whether it held, such as seconds."""
    steps: dict[str, list[int]] = field(default_factory=dict)
    """Per person, how much the bot had said when each of their steps began."""
    _tapped: set[str] = field(default_factory=set)

    # --- a young person ------------------------------------------------------------------------

    async def writes(self, person: str, text: str, *, to: str = "bot") -> Said:
        """Write to the bot; ``text`` gets a canary of its own."""
        said = Said(canary(), person, person, to)
        self.said.append(said)
        await self._begin(person)
        await self.world.telegram.do("send", **{"as": PEOPLE[person][0]}, text=f"{text} {said.word}")
        return said

    async def starts(self, person: str) -> None:
        """Say /start."""
        await self._begin(person)
        await self.world.telegram.do("send", **{"as": PEOPLE[person][0]}, text="/start")

    async def asks(self, person: str, text: str, *, expects: Iterable[str] = (), to: str = "bot") -> None:
        """Write and wait for an answer that contains one of ``expects`` (any answer if there is none).

        If the bot says that it cannot read just now, they write again in other words, as a person would.
        """
        for _ in range(4):
            start = self.heard(await self.world.telegram.shown(), person)
            said = await self.writes(person, text, to=to)
            wanted = [*expects, *ENGINE_DOWN] if expects else [""]
            answer = await self.bot_says(person, wanted, since=start)
            if answer["text"] not in ENGINE_DOWN:
                if to == "both":
                    await self.in_topic(said)
                return
            self.engine_down += 1
            self.said[self.said.index(said)] = replace(said, to="maybe")
            await self.world.ready()
        raise Stuck(f"{person}: the engine stays down")

    async def presses(self, person: str, labels: Iterable[str], *, expects: Iterable[str]) -> float:
        """Press the newest button with one of these labels, once it is there, and wait for an answer.

        Returns the seconds it took, by the stand-in's clock.
        """
        user, wanted = PEOPLE[person][0], set(labels)

        def newest(shown: Shown) -> Entry | None:
            entries = [e for e in shown.from_bot(user) if any(b["text"] in wanted for b in buttons_of(e))]
            return entries[-1] if entries else None

        entry = await self._until(newest, f"{person} sees a button {sorted(wanted)}")
        start = self.heard(await self.world.telegram.shown(), person)
        await self._begin(person)
        pressed_at = (await self.world.telegram.do("clock", advance=0))["now"]
        await self._press(user, entry, wanted)
        answer = await self.bot_says(person, expects, since=start)
        return float(answer["shown_at"] - pressed_at)

    async def bot_says(self, person: str, wanted: Iterable[str], *, since: int = 0) -> Entry:
        """Wait for a message of the bot to a person; offers to repeat an answer do not count."""
        user, choices = PEOPLE[person][0], list(wanted)

        def found(shown: Shown) -> Entry | None:
            for entry in shown.from_bot(user)[since:]:
                text = entry["text"]
                if text not in OFFER and any(choice in text for choice in choices):
                    return entry
            return None

        return await self._until(found, f"{person} hears {choices[:1]}")

    async def hears(self, person: str, said: Said) -> None:
        """Wait until an advocate's words are on the person's phone."""
        await self.bot_says(person, [said.word])

    def heard(self, shown: Shown, person: str) -> int:
        """Return how many messages of the bot a person has seen."""
        return len(shown.from_bot(PEOPLE[person][0]))

    # --- advocates -----------------------------------------------------------------------------

    async def in_topic(self, said: Said, *, seconds: float = STEP_SECONDS) -> int:
        """Wait until a person's words stand in a topic, and return the topic."""
        entry = await self._until(
            lambda shown: next(
                (e for e in shown.others(ADVOCATES["Ada"]) if said.word in e["text"] and e["thread"]), None
            ),
            f"the topic shows what {said.by} wrote",
            seconds=seconds,
        )
        thread = int(entry["thread"])
        self.threads.setdefault(said.about, thread)
        self.every_thread.setdefault(said.about, set()).add(thread)
        return thread

    async def in_new_topic(self, person: str) -> None:
        """Wait for a topic nobody else's words are in, and take it for this person's."""
        known = {thread for threads in self.every_thread.values() for thread in threads}
        reader = ADVOCATES["Ada"]
        entry = await self._until(
            lambda shown: next(
                (e for e in shown.others(reader) if e["thread"] and e["thread"] not in known and e["text"]),
                None,
            ),
            f"a topic for {person}",
        )
        self.threads[person] = int(entry["thread"])
        self.every_thread.setdefault(person, set()).add(int(entry["thread"]))

    def forget_topics(self) -> None:
        """Stop expecting earlier words in the topic: it is gone, and they are not repeated."""
        self.said = [replace(s, to="maybe") if s.to in ("topic", "both") else s for s in self.said]
        self.threads.clear()

    def group_moved(self, new: int) -> None:
        """Advocates write in the group's new place from now on."""
        self.group = new
        self.forget_topics()

    async def advocates_read(self, wanted: Iterable[str]) -> None:
        """Wait until one of these texts stands in the group."""
        choices = list(wanted)
        await self._until(
            lambda shown: next(
                (e for e in shown.others(ADVOCATES["Ada"]) if any(c in e["text"] for c in choices)), None
            ),
            f"advocates read {choices[:1]}",
        )

    async def alarms_say(self, word: str, *, seconds: float = STEP_SECONDS) -> None:
        """Wait until an operator can see an alarm about this."""
        async with asyncio.timeout(seconds):
            while not any(word in alarm for alarm in self.world.alarms()):
                await breath(0.5)

    async def claims(self, advocate: str, person: str) -> Entry:
        """Press Claim on the card and wait until the person hears that someone is there."""
        card = await self.card(person, CLAIM)
        await self._press(ADVOCATES[advocate], card, CLAIM)
        await self.bot_says(person, says("utter_handoff_joined"))
        return card

    async def hands_back(self, advocate: str, person: str) -> None:
        """Press Close on the card and wait until the person hears it."""
        card = await self.card(person, RELEASE)
        await self._press(ADVOCATES[advocate], card, RELEASE)
        await self.bot_says(person, says("utter_handoff_closed"))

    async def replies(self, advocate: str, person: str, text: str, *, to: str = "person") -> Said:
        """Write in a person's topic."""
        said = Said(canary(), advocate, person, to)
        self.said.append(said)
        told = {"as": ADVOCATES[advocate], "chat": self.group, "thread": self.threads[person]}
        await self.world.telegram.do("send", **told, text=f"{text} {said.word}")
        return said

    async def card(self, person: str, labels: Iterable[str]) -> Entry:
        """Wait for the newest card of a person's topic with such a button."""
        wanted, thread = set(labels), self.threads[person]

        def found(shown: Shown) -> Entry | None:
            entries = shown.topic(ADVOCATES["Ada"], thread)
            with_button = [e for e in entries if any(b["text"] in wanted for b in buttons_of(e))]
            return with_button[-1] if with_button else None

        return await self._until(found, f"{person}'s card has {sorted(wanted)[0]}")

    # --- what both do --------------------------------------------------------------------------

    async def _begin(self, person: str) -> None:
        shown = await self.world.telegram.shown()
        self.steps.setdefault(person, []).append(self.heard(shown, person))

    async def _press(self, user: int, entry: Entry, labels: Iterable[str]) -> None:
        wanted = set(labels)
        await self._tap(user, entry, next(b for b in buttons_of(entry) if b["text"] in wanted))

    async def _tap(self, user: int, entry: Entry, button: Entry) -> None:
        told = {"as": user, "chat": entry["chat"], "message": entry["message"]}
        await self.world.telegram.do("press", **told, data=button["callback_data"])

    async def _until(
        self, found: Callable[[Shown], Entry | None], what: str, *, seconds: float = STEP_SECONDS
    ) -> Entry:
        entry = await self.world.telegram.until(found, seconds=seconds, tend=self.tend)
        if entry is None:
            raise Stuck(f"after {seconds:.0f} s not yet: {what}")
        return entry

    async def tend(self, shown: Shown) -> None:
        """Tap what people would tap: an answer that may be lost, a message that may not have arrived."""
        for person, (user, _) in PEOPLE.items():
            await self._tap_new(person, user, shown.from_bot(user), OFFER_LABEL)
        for person, thread in self.threads.items():
            for advocate in ("Ada", "Ben"):
                entries = shown.topic(ADVOCATES[advocate], thread)
                await self._tap_new(person, ADVOCATES[advocate], entries, RESEND_LABEL, advocate)

    async def _tap_new(
        self, person: str, user: int, entries: list[Entry], labels: frozenset[str], who: str = ""
    ) -> None:
        for entry in entries:
            for button in buttons_of(entry):
                key = f"{who}:{button.get('callback_data')}"
                if button["text"] in labels and key not in self._tapped:
                    self._tapped.add(key)
                    if not who or await self._owns(who, person):
                        self.taps[person] = self.taps.get(person, 0) + 1
                        await self._tap(user, entry, button)

    async def _owns(self, advocate: str, person: str) -> bool:
        """Only the one who claimed it taps "send again"; the plays let Ada take Pim and Ben take Quy."""
        return (advocate, person) in {("Ada", "Pim"), ("Ben", "Quy")}


def offers(shown: Shown, person: str) -> list[Entry]:
    """Return the offers to repeat an answer that a person saw."""
    return [entry for entry in shown.from_bot(PEOPLE[person][0]) if entry["text"] in OFFER]


def doubts(shown: Shown) -> list[Entry]:
    """Return what advocates were told about messages that may not have arrived."""
    entries = shown.others(ADVOCATES["Ada"])
    return [e for e in entries if any(text in e["text"] for text in UNCERTAIN)]
