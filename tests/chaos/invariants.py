"""Invariants I1 to I8 of docs/testing.md, from the ledger, database, disk and sockets of one run."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass

from bot.standin import STANDIN_TOKEN
from tests.chaos import rows, traces
from tests.chaos.play import ENGINE_DOWN, OFFER, REPEAT_MARK, Play, Said, doubts, offers
from tests.chaos.telegram import GROUP, Entry, Shown, texts_of
from tests.chaos.world import ADVOCATES, MEMBERS, PEOPLE, World


@dataclass
class Run:
    """A run that is over: its people, and what they were shown."""

    play: Play
    shown: Shown
    rows: rows.Rows
    complaints: list[Entry]
    lost_calls: int | None = 0
    """Sends to people whose end the stand-in hid, beside what died on its way; ``None``: perhaps one."""

    @property
    def world(self) -> World:
        """Return the world it ran in."""
        return self.play.world


async def end(play: Play, *, lost_calls: int | None = 0) -> tuple[Run, list[str]]:
    """Let everything come to rest, stop the service, and return the run with what did not hold."""
    wrong = []
    for _ in range(4 if play.world.runs else 0):
        if not await play.world.quiet():
            wrong.append("I1 rows still wait, a minute after the story's end")
        # Whoever still sees an offer to repeat taps it, and what that brings has to arrive as well.
        before = sum(play.taps.values())
        await play.tend(await play.world.telegram.shown())
        if sum(play.taps.values()) == before:
            break
    status = await play.world.stop()
    if status != 0:
        wrong.append(f"SIGTERM ended it with {status}")
    run = Run(
        play,
        await play.world.telegram.shown(),
        rows.read(play.world.folder / "data" / "harbour.db"),
        await play.world.telegram.look("complaints"),
        lost_calls,
    )
    return run, wrong + check(run)


def check(run: Run) -> list[str]:
    """Return what did not hold; empty when all did. Messages name canaries, never words."""
    wrong = [
        *_lost(run),
        *_stored(run),
        *_twice(run),
        *_wrong_person(run),
        *_on_disk(run),
        *_order(run),
        *_uncertain(run),
    ]
    # I5 is judged by `_wrong_person`: what Ben and Cleo write without holding the case reaches nobody.
    # I6 (sends after hide) has nothing to judge: there is no hiding yet.
    wrong += [f"I7 {socket}" for socket in sorted(run.world.outside)]
    wrong += [f"the stand-in complains: {one}" for one in run.complaints]
    wrong += ["children of a dead service live on" for death in run.world.deaths if death.orphans]
    return wrong


def places(run: Run, said: Said) -> list[Entry]:
    """Return where a message had to arrive and did, in the order it was shown."""
    if said.to in ("topic", "both"):
        entries = run.shown.topic(ADVOCATES["Ada"], run.play.threads.get(said.about, 0))
        return [e for e in entries if said.word in e["text"] and e["from"] != ADVOCATES.get(said.by)]
    if said.to == "person":
        return [e for e in run.shown.from_bot(PEOPLE[said.about][0]) if said.word in e["text"]]
    return []


def _lost(run: Run) -> list[str]:
    """I1: every word that had to reach somebody did. (Answers of the bot were waited for by the story.)"""
    wanted = [said for said in run.play.said if said.to in ("topic", "both", "person")]
    return [f"I1 {said.by}'s {said.word} never arrived" for said in wanted if not places(run, said)]


def _stored(run: Run) -> list[str]:
    wrong = [f"I1 a dead letter: {why}" for why in run.rows.dead_letters]
    if run.rows.inbox_waiting:
        wrong.append(f"I1 {run.rows.inbox_waiting} updates were never worked on")
    for state in ("waiting", "sending", "refused"):
        wrong += [f"I1 outbox row {row} is {state}" for row in run.rows.states(state)]
    if not run.rows.sound:
        wrong.append("the database is damaged")
    return wrong


def _twice(run: Run) -> list[str]:
    """I2: nothing twice to a person, but what they (or their advocate) tapped for; in the group: marked."""
    wrong = []
    for person in run.play.steps:
        extra = _answers_twice(run, person)
        for said in run.play.said:
            if said.to == "person" and said.about == person:
                extra += max(0, len(places(run, said)) - 1)
        if extra > run.play.taps.get(person, 0):
            wrong.append(
                f"I2 {person} saw {extra} things twice, and tapped {run.play.taps.get(person, 0)} times"
            )
    for said in run.play.said:
        if said.to in ("topic", "both"):
            unmarked = [e for e in places(run, said) if REPEAT_MARK not in e["text"]]
            if len(unmarked) > 1:
                wrong.append(f"I2 {said.word} stands twice in the topic without a mark")
    return wrong


def _answers_twice(run: Run, person: str) -> int:
    """Count the bot's own texts that came twice within one step of the story."""
    entries = run.shown.from_bot(PEOPLE[person][0])
    starts = [*run.play.steps[person], len(entries)]
    twice = 0
    for begin, following in itertools.pairwise(starts):
        counted = Counter(e["text"] for e in entries[begin:following])
        for text in list(counted):
            # An advocate's words are counted by their canary.
            if text in OFFER | ENGINE_DOWN or any(s.word in text for s in run.play.said if s.to == "person"):
                del counted[text]
        twice += sum(count - 1 for count in counted.values())
    return twice


def _wrong_person(run: Run) -> list[str]:
    """I3, I5: each word is seen only where it may be."""
    members = MEMBERS
    wrong = []
    for said in run.play.said:
        threads = run.play.every_thread.get(said.about, set())
        groups = (GROUP, run.play.group)
        home = PEOPLE[said.about][0]
        for user in run.shown.users():
            for entry in run.shown.page(user):
                if not any(said.word in text for text in texts_of(entry)):
                    continue
                in_topic = user in members and entry["chat"] in groups and entry["thread"] in threads
                at_home = user == home and entry["chat"] == home
                allowed = {
                    "person": in_topic or at_home,
                    "topic": in_topic or at_home,
                    "both": in_topic or at_home,
                    "maybe": in_topic or at_home,
                    "bot": at_home,
                    "nobody": in_topic,
                }[said.to]
                if not allowed or (said.to == "nobody" and not entry["own"] and entry["from"] not in members):
                    wrong.append(f"I3 {said.by}'s {said.word} was seen by {user} in {entry['chat']}")
    return wrong


def _on_disk(run: Run) -> list[str]:
    """I4: no word, token or Telegram id lies readable among what we leave behind."""
    secrets = {f"the word {said.word}": traces.forms(said.word) for said in run.play.said}
    secrets["the token"] = traces.forms(STANDIN_TOKEN.partition(":")[2])
    secrets["Arabic words"] = traces.forms("التحدث إلى شخص من فضلكم")
    secrets["Vietnamese words"] = traces.forms("anh ta đang đánh tôi")
    for name, number in [*ADVOCATES.items(), *((name, number) for name, (number, _) in PEOPLE.items())]:
        secrets[f"{name}'s id"] = traces.number_forms(number)
    return [f"I4 {trace}" for trace in traces.found_in([run.world.folder], secrets)]


def _order(run: Run) -> list[str]:
    """I8: within a conversation and a direction, words are shown first in the order they were written."""
    wrong = []
    roads = {(said.about, said.by) for said in run.play.said}
    for about, by in sorted(roads):
        mine = [s for s in run.play.said if (s.about, s.by) == (about, by)]
        for kinds in (("topic", "both"), ("person",)):
            written = [said for said in mine if said.to in kinds and places(run, said)]
            first = [_first_place(run, said) for said in written]
            tapped = run.play.taps.get(about, 0) if kinds == ("person",) else 0
            if _out_of_order(first) > tapped:
                wrong.append(f"I8 {by}'s words about {about} came out of order")
    return wrong


def _first_place(run: Run, said: Said) -> tuple[int, int]:
    entry = places(run, said)[0]
    return int(entry["message"]), str(entry["text"]).index(said.word)


def _out_of_order(numbers: list[tuple[int, int]]) -> int:
    """Return how few have to be taken out to leave the rest in order."""
    longest: list[int] = []
    for at, number in enumerate(numbers):
        longest.append(1 + max((longest[b] for b in range(at) if numbers[b] < number), default=0))
    return len(numbers) - max(longest, default=0)


def _uncertain(run: Run) -> list[str]:
    """Uncertain is its own figure: what was ambiguous towards people was shown, and nothing was invented."""
    doubtful, surfaced = ambiguous(run), shown_doubts(run)
    wrong = []
    if doubtful and not surfaced + run.rows.offers_to_come:
        wrong.append(f"{doubtful} sends to people ended unknown, and nobody was told")
    if surfaced and not doubtful and run.lost_calls is not None:
        wrong.append(f"{surfaced} doubts were shown though nothing was ambiguous")
    return wrong


def ambiguous(run: Run) -> int:
    """Return how many sends to people ended so that nobody can know."""
    died = [row for death in run.world.deaths for row in death.ambiguous if row.road == "person"]
    return len(died) + (run.lost_calls or 0)


def shown_doubts(run: Run) -> int:
    """Return how many doubts people and advocates were shown."""
    people = sum(len(offers(run.shown, person)) for person in PEOPLE)
    return people + len(doubts(run.shown))
