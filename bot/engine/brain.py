"""The loaded model: understands a message, and takes a conversation one turn further. Lives in the child."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain, SessionConfig
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation.language import decide
from bot.engine.awaited import AWAITED_SIGN, AWAITING, awaited, sign_in
from bot.engine.channel import Collector
from bot.engine.keeping import LISTEN, head, keep
from bot.engine.local_actions import LocalActions
from bot.engine.manifest import verified_copy
from bot.engine.nlg import HarbourNlg
from bot.engine.one_turn import OneTurnStore
from bot.engine.pieces import pieces
from bot.engine.shared_words import apology, read_again, words
from bot.engine.straight_runner import StraightRunner
from bot.errors import HarbourError, ModelUnfit
from bot.messages import Answer, Language, Reply, Tongue, Turn, Understanding
from nlu.traits import DANGER, DANGER_SCORE, LANGUAGE, LANGUAGE_SCORES, SAFETY_NEEDS

Parsed = dict[str, Any]

FALLBACK = "nlu_fallback"
SAFE_NOW = "i_am_safe_now"

LONGEST_TEXT = 4096
"""Characters of a message that are read; Telegram sends no more in one."""

RANKED = 10
"""Best intents that travel on; the rest is below anything anyone reads."""

FEW = 2
SURE_OF_DANGER = 0.3
"""Danger score that one of more pieces than a few must reach: many pieces are many chances to be wrong."""

ASKS_NOTHING = frozenset({"greet", "thanks", "goodbye", "affirm", "deny", "out_of_scope", FALLBACK})
"""Intents that say nothing of what a long message is about, where any piece of it says something else."""

_COMMAND_MARK = re.compile(r"\A[\s/]+")


@dataclass(frozen=True)
class Model:
    """One loaded release. A turn keeps the one it began with, whatever is swapped in meanwhile."""

    processor: MessageProcessor
    store: OneTurnStore


class Brain:
    """Parses in two threads, since the encoder frees the interpreter; decides turns on the event loop."""

    def __init__(self) -> None:
        self._actions = LocalActions()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="parse")
        self._turns = itertools.count(1)
        self._model: Model | None = None

    async def load(self, archive: Path) -> None:
        """Load a release beside the present one, try it, and put it in its place.

        Raises:
            ModelUnfit: If it is altered, does not load, or does not answer; the present one stays.
        """
        try:
            model = await asyncio.to_thread(self._build, archive)
            await self._probe(model)
        except ModelUnfit:
            raise
        except Exception as problem:
            raise ModelUnfit(
                f"The model {archive.name} does not load ({type(problem).__name__}).",
                remedy="Run `harbour train`, or `harbour rollback`.",
            ) from problem
        self._model = model  # Turns under way end on the one they began with.

    async def parse(self, text: str, language: str | None = None) -> Understanding:
        """Return what a message means; ``language``, if told, is taken as its language."""
        return _understanding(await self._parse(self._present(), text, language))

    async def turn(self, turn: Turn) -> Answer:
        """Take a conversation one message further."""
        return await self._turn(self._present(), turn)

    def _present(self) -> Model:
        if self._model is None:
            raise ModelUnfit("No model is loaded.", remedy="Run `harbour train`.")
        return self._model

    def _build(self, archive: Path) -> Model:
        read_again()
        store = OneTurnStore(Domain.empty())
        with verified_copy(archive) as copy:
            processor = MessageProcessor(
                model_path=str(copy),
                tracker_store=store,
                lock_store=None,  # every turn is a conversation of its own: there is nothing to lock
                generator=HarbourNlg(),
                action_endpoint=self._actions,
            )
        # A session that expires would repeat every slot ever set; we bound the events ourselves.
        processor.domain.session_config = SessionConfig(0, True)
        store.domain = processor.domain
        processor.nlg.responses = processor.domain.responses
        processor.graph_runner = StraightRunner(processor.graph_runner)
        return Model(processor, store)

    async def _probe(self, model: Model) -> None:
        answer = await self._turn(model, Turn((), Tongue(), text="hello"))
        if not answer.understanding.ranking or not (answer.replies or answer.effects):
            raise ModelUnfit("The model says nothing to a greeting.", remedy="Run `harbour check`.")

    async def _parse(self, model: Model, text: str, language: str | None) -> Parsed:
        loop = asyncio.get_running_loop()
        parsing = [
            loop.run_in_executor(self._threads, _parse_now, model, piece, language)
            for piece in pieces(plain(text))
        ]
        parsed = await asyncio.gather(*parsing)
        return {**most_urgent(parsed), "entities": all_entities(parsed)}

    async def _turn(self, model: Model, turn: Turn) -> Answer:
        parsed = (
            already_parsed(turn.intent, turn.entities)
            if turn.intent is not None
            else await self._parse(model, turn.text or "", None)
        )
        served = [tag for tag, _ in words().languages()]
        sign = sign_in(parsed, turn.text) if turn.text and awaited(turn.events) == AWAITED_SIGN else None
        if sign is None:
            tongue = decide(turn.tongue, parsed.get(LANGUAGE_SCORES) or {}, turn.text or "", served)
        else:
            # The language of a sign is not the language of who reads it.
            parsed, tongue = sign, turn.tongue
        if turn.intent is not None:
            parsed[LANGUAGE] = tongue.spoken or "en"
        channel, tracker = await self._run(model, turn, parsed, tongue)
        replies = tuple(channel.replies) or (() if channel.effects else _sorry(tongue))
        state = {**tracker.current_slot_values(), "active_loop": tracker.active_loop_name}
        events = keep((event.as_dict() for event in tracker.events), state)
        return Answer(replies, tuple(channel.effects), tuple(events), _understanding(parsed), tongue)

    async def _run(
        self, model: Model, turn: Turn, parsed: Parsed, tongue: Tongue
    ) -> tuple[Collector, DialogueStateTracker]:
        turn_id = str(next(self._turns))
        channel = Collector()
        tracker = model.store.put(turn_id, turn.events or _beginning())
        for name, value in _slots(turn, parsed, tongue, model.processor.domain).items():
            if tracker.get_slot(name) != value:
                tracker.update(SlotSet(name, value), model.processor.domain)
        message = UserMessage(turn.text, channel, sender_id=turn_id, parse_data=parsed, message_id=turn_id)
        try:
            await model.processor.handle_message(message)
            return channel, model.store.get(turn_id)
        finally:
            model.store.drop(turn_id)


def plain(text: str) -> str:
    """Return typed text as nothing but text: Rasa reads a leading slash as a command."""
    return _COMMAND_MARK.sub("", text[:LONGEST_TEXT].replace("\0", " "))


def most_urgent(parsed: list[Parsed]) -> Parsed:
    """Return what a message means of which these are the pieces: the worst that any says, else the surest."""
    enough = SURE_OF_DANGER if len(parsed) > FEW else 0.0
    flagged = [piece for piece in parsed if piece.get(DANGER) and _danger(piece) >= enough]
    calm = {DANGER: bool(flagged)} if len(parsed) > FEW else {}
    # The beginning tells the language best: it is the longest run of whole sentences.
    tongue = {LANGUAGE: parsed[0].get(LANGUAGE), LANGUAGE_SCORES: parsed[0].get(LANGUAGE_SCORES)}
    if flagged:
        worst = max(flagged, key=_danger)
        return {**worst, **tongue}
    asking = [piece for piece in parsed if piece["intent"]["name"] not in ASKS_NOTHING]
    surest = max(asking or parsed[:1], key=lambda piece: float(piece["intent"]["confidence"]))
    return {**surest, **tongue, **calm}


def _danger(piece: Parsed) -> float:
    return float(piece.get(DANGER_SCORE) or 0.0)


def all_entities(parsed: list[Parsed]) -> list[dict[str, Any]]:
    """Return the entities of all pieces; of two that say different things of one kind, the first."""
    found: dict[str, dict[str, Any]] = {}
    for piece in parsed:
        for entity in piece.get("entities") or ():
            found.setdefault(entity["entity"], entity)
    return list(found.values())


def already_parsed(intent: str, entities: Mapping[str, str]) -> Parsed:
    """Return the parse of a button or a place: certain, and without words."""
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    best = {"name": intent, "confidence": 1.0}
    return {
        "text": None,
        "intent": best,
        "intent_ranking": [best],
        "entities": found,
        DANGER: intent in SAFETY_NEEDS,
    }


def _parse_now(model: Model, text: str, language: str | None) -> Parsed:
    # Each piece again: a slash in the middle of a long message stands at the beginning of a piece.
    message = UserMessage(plain(text), metadata={LANGUAGE: language} if language else None)
    tracker = DialogueStateTracker.from_events("parse", [])
    parsed: Parsed = model.processor._parse_message_with_graph(message, tracker)
    return parsed


def _understanding(parsed: Mapping[str, Any]) -> Understanding:
    ranking = tuple((row["name"], row["confidence"]) for row in parsed["intent_ranking"])
    name, confidence = parsed["intent"]["name"], parsed["intent"]["confidence"]
    if name == FALLBACK:
        name, confidence = ranking[0]
    return Understanding(
        intent=name,
        confidence=float(confidence),
        ranking=ranking[:RANKED],
        language=Language(parsed.get(LANGUAGE) or "en"),
        danger=bool(parsed.get(DANGER)),
        danger_score=float(parsed.get(DANGER_SCORE) or 0.0),
        entities=tuple(_entities(parsed).items()),
    )


def _entities(parsed: Mapping[str, Any]) -> dict[str, str]:
    return {str(found["entity"]): str(found["value"]) for found in parsed.get("entities") or ()}


def _slots(turn: Turn, parsed: Parsed, tongue: Tongue, domain: Domain) -> dict[str, Any]:
    """Return the slots the service sets before a turn, those the domain knows."""
    values: dict[str, Any] = dict(turn.slots)
    if tongue.spoken:
        values["language"] = tongue.spoken
    if parsed.get(DANGER):
        # Once heard, danger stays until the person says they are safe: a later request is urgent too.
        values["danger"] = True
    elif parsed["intent"]["name"] == SAFE_NOW:
        values["danger"] = False
    # The day a message speaks of says nothing about the next message.
    values["day"] = _entities(parsed).get("day")
    # A question of ours is good for the next message only; an action may ask it again.
    values[AWAITING] = None
    known = {slot.name for slot in domain.slots}
    return {name: value for name, value in values.items() if name in known}


def _beginning() -> list[dict[str, Any]]:
    return [*head({}), {"event": "action", "name": LISTEN, "confidence": 1.0}]


def _sorry(tongue: Tongue) -> tuple[Reply, ...]:
    """Return an apology where the model said nothing: a message is never met with silence.

    Raises:
        HarbourError: If the project has no words for it; the parent then says its own.
    """
    name = apology()
    if name is None:
        raise HarbourError("The model gave no answer.", remedy="Add utter_not_understood to stories/domain/.")
    return (words().say(name, tongue.spoken),)
