"""Whole turns through the real child process, on the tiny project."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.engine.client import EngineClient
from bot.engine.keeping import NEWEST
from bot.engine.manifest import Release
from bot.messages import Answer, Effect, Language, Tongue, Turn

pytestmark = pytest.mark.asyncio(loop_scope="module")

VIETNAMESE = Tongue(chosen=Language("vi"), spoken=Language("vi"))
ENGLISH = Tongue(chosen=Language("en"), spoken=Language("en"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tiny_release: Release, tiny_root: Path) -> AsyncIterator[EngineClient]:
    client = EngineClient(tiny_release.archive, tiny_root, deadline_seconds=30, start_grace_seconds=90)
    await client.start()
    await asyncio.wait_for(client.ready.wait(), 90)
    yield client
    await client.stop()


async def say(engine: EngineClient, text: str, before: Answer | None = None, **more: Any) -> Answer:
    events = before.events if before else ()
    tongue = more.pop("tongue", before.tongue if before else Tongue())
    return await engine.turn(Turn(events, tongue, text=text, **more))


async def press(
    engine: EngineClient, intent: str, before: Answer | None = None, tongue: Tongue = ENGLISH, **entities: str
) -> Answer:
    events = before.events if before else ()
    return await engine.turn(Turn(events, tongue, intent=intent, entities=entities))


async def test_a_greeting_is_answered_in_the_language_it_came_in(engine: EngineClient) -> None:
    english = await say(engine, "hello there, is anybody here")
    vietnamese = await say(engine, "xin chào, có ai ở đây không")

    assert [reply.name for reply in english.replies] == ["utter_greet"]
    assert english.replies[0].text == "Hello. I am a computer program."
    assert vietnamese.replies[0].text == "Xin chào. Tôi là một chương trình máy tính."
    assert (english.tongue.spoken, vietnamese.tongue.spoken) == ("en", "vi")
    assert vietnamese.understanding.intent == "greet"


async def test_buttons_carry_an_intent_and_its_entities_and_a_translated_label(engine: EngineClient) -> None:
    buttons = (await press(engine, "greet", tongue=VIETNAMESE)).replies[0].buttons

    assert buttons[0].label == "Nói chuyện với người thật"
    assert (buttons[0].act.name, dict(buttons[0].act.values)) == ("intent", {"intent": "talk_to_human"})
    assert dict(buttons[1].act.values) == {"intent": "location_shared", "nation": "scotland"}


async def test_a_pressed_button_is_certain_and_its_entity_chooses_the_variation(engine: EngineClient) -> None:
    anywhere = await press(engine, "location_shared")
    scotland = await press(engine, "location_shared", nation="scotland", tongue=VIETNAMESE)

    assert anywhere.replies[0].text == "You are somewhere in the United Kingdom."
    assert scotland.replies[0].text == "Bạn đang ở Scotland."
    assert scotland.understanding.confidence == 1.0
    assert (await press(engine, "location_shared", before=scotland)).replies[0].text == "You are in Scotland."


async def test_danger_is_flagged_and_makes_a_later_request_for_a_person_urgent(engine: EngineClient) -> None:
    danger = await say(engine, "help me, he has a knife and is breaking the door")
    asked = await press(engine, "talk_to_human", before=danger)
    calm = await press(engine, "talk_to_human")

    assert danger.understanding.danger
    assert danger.replies[0].text == "Call 999 now."
    assert asked.effects == (Effect("open_handoff", {"urgent": "yes"}),)
    assert calm.effects == (Effect("open_handoff", {"urgent": "no"}),)
    assert calm.replies == ()


async def test_effects_of_language_and_of_wanting_no_person(engine: EngineClient) -> None:
    assert (await press(engine, "change_language", language="vi")).effects == (
        Effect("change_language", {"language": "vi"}),
    )
    assert (await press(engine, "change_language", language="xx")).effects == (Effect("ask_language"),)
    assert (await press(engine, "change_language")).effects == (Effect("ask_language"),)
    assert (await press(engine, "cancel_handoff")).effects == (Effect("cancel_handoff"),)


async def test_say_again_is_simpler_or_the_same_or_an_apology(engine: EngineClient) -> None:
    greeted = await press(engine, "greet")
    simpler = await press(engine, "not_understood", before=greeted)
    once_more = await press(engine, "not_understood", before=simpler)
    placed = await press(engine, "location_shared")

    assert simpler.replies[0].name == "utter_greet_simple"
    assert once_more.replies[0].name == "utter_greet_simple"
    assert (await press(engine, "not_understood", before=placed)).replies == placed.replies
    assert (await press(engine, "not_understood")).replies[0].name == "utter_not_understood"


async def test_doubt_offers_the_likeliest_needs_that_have_a_label(engine: EngineClient) -> None:
    unsure = await press(engine, "nlu_fallback")
    typed = await say(engine, "🙂🙂🙂")

    assert unsure.replies[0].name == "utter_not_sure"
    assert typed.replies[0].name == "utter_not_sure"
    offered = {button.act.values["intent"] for button in typed.replies[0].buttons}
    assert 1 <= len(offered) <= 3
    assert offered <= {"greet", "immediate_danger", "talk_to_human"}
    assert typed.understanding.intent != "nlu_fallback"


async def test_an_action_that_raises_ends_in_an_apology_and_its_words_go_nowhere(
    engine: EngineClient,
) -> None:
    answer = await press(engine, "break_action")

    assert [reply.name for reply in answer.replies] == ["utter_engine_down"]
    assert "CANARY" not in repr(answer) + json.dumps(answer.events)


async def test_a_format_string_in_a_response_stays_text(engine: EngineClient) -> None:
    answer = await press(engine, "out_of_scope")

    assert (
        answer.replies[0].text == "I can not help with that. Write ${HOME} or {0.__class__} and I stay calm."
    )


async def test_the_language_a_caller_tells_wins(engine: EngineClient) -> None:
    told = await engine.parse("hello", Language("vi"))
    heard = await engine.parse("em muốn nói chuyện với người thật")

    assert told.language == "vi"
    assert (heard.language, heard.intent) == ("vi", "talk_to_human")
    assert heard.ranking[0][0] == "talk_to_human"
    assert abs(sum(confidence for _, confidence in heard.ranking) - 1) < 0.05


@pytest.mark.parametrize("text", ["", " ", "/", "///", "\0", "\ud800", "👍", "a" * 9000, "{}", "[x](greet)"])
async def test_odd_text_is_answered_like_any_other(engine: EngineClient, text: str) -> None:
    answer = await say(engine, text)

    assert answer.replies or answer.effects
    assert (await engine.parse(text)).intent


NAMES = [
    "greet", "immediate_danger", "talk_to_human", "change_language", "not_understood", "cancel_handoff",
    "out_of_scope", "hang", "break_action", "location_shared", "restart", "back", "session_start", "language",
    "danger", "nation",
]  # fmt: skip


@pytest.mark.threat("T18")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "form", ["/{}", " /{}", "//{}", "/ /{}", "/{}@1.0", '/{}{{"nation": "scotland", "language": "vi"}}']
)
async def test_a_typed_command_is_plain_text(engine: EngineClient, name: str, form: str) -> None:
    """It means, and leaves behind, what the same words without the slash do."""
    typed = form.format(name)
    plain = typed.lstrip(" /")

    as_command, as_text = await engine.parse(typed), await engine.parse(plain)
    assert as_command == as_text
    assert as_command.confidence < 1.0
    if as_command.intent in {"hang", "look_around"}:
        return  # Rightly understood as what they say; running them is another test's business.
    left_by_command, left_by_text = await say(engine, typed), await say(engine, plain)
    assert _state(left_by_command) == _state(left_by_text)
    assert "scotland" not in json.dumps(left_by_command.events)


def _state(answer: Answer) -> list[Any]:
    return [{k: v for k, v in event.items() if k != "timestamp"} for event in answer.events]


async def test_nothing_anyone_wrote_or_read_is_kept(engine: EngineClient) -> None:
    answer = await press(engine, "greet")
    answer = await say(engine, "hello my name is Canarybird and I live in Canarytown", before=answer)
    answer = await say(engine, "can I talk to a real person, Canarybird asks", before=answer)
    kept = json.dumps(answer.events)

    assert "canary" not in kept.lower()
    assert "computer program" not in kept
    assert "utter_greet" in kept


async def test_a_long_conversation_carries_no_more_than_a_short_one(engine: EngineClient) -> None:
    presses = ["greet", "location_shared", "not_understood", "cancel_handoff", "out_of_scope"]
    answer = await press(engine, "location_shared", nation="scotland")
    sizes = []
    for turn in range(150):
        answer = await press(engine, presses[turn % len(presses)], before=answer)
        sizes.append(len(answer.events))

    assert max(sizes) <= NEWEST + 10
    assert max(sizes[100:]) <= max(sizes[20:60])
    said = await press(engine, "location_shared", before=answer)
    assert said.replies[0].text == "You are in Scotland."


async def test_fifty_people_at_once_each_get_their_own_answer(engine: EngineClient) -> None:
    texts = ["hello there", "can I talk to a real person", "xin chào", "cứu em với, nó đang phá cửa"]
    wanted = [await say(engine, text) for text in texts]

    answers = await asyncio.gather(*(say(engine, texts[person % 4]) for person in range(50)))

    for person, answer in enumerate(answers):
        assert answer.replies == wanted[person % 4].replies
        assert answer.effects == wanted[person % 4].effects
        assert answer.understanding == wanted[person % 4].understanding


@pytest.mark.threat("T20")
@pytest.mark.threat("T29")
async def test_the_child_has_no_way_out_and_no_keys(engine: EngineClient) -> None:
    """What it prints goes nowhere, and what it refuses it refuses to the model's own code."""
    seen = dict((await press(engine, "look_around")).effects[0].values)

    environment = set(seen.pop("environment").split(","))
    heavy = seen.pop("heavy")
    assert not [name for name in environment if name.startswith(("HARBOUR", "DATABASE"))]
    assert environment <= {
        "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
        "MALLOC_ARENA_MAX",
        "RASA_TELEMETRY_ENABLED", "RASA_MAX_CACHE_SIZE", "TF_CPP_MIN_LOG_LEVEL", "TQDM_DISABLE",
        "PYTHONHASHSEED", "PYTHONWARNINGS", "PYTHONUTF8", "MPLBACKEND",
    }  # fmt: skip
    assert heavy == "", "the child loads what it does not use; see bot/engine/deferred.py"
    assert set(seen.values()) == {"Refused"}
    assert len(seen) == 10


async def test_danger_at_the_end_of_a_long_message_is_heard(engine: EngineClient) -> None:
    story = "Good morning, hello there, how are you today. " * 30
    calm = await say(engine, story)
    danger = await say(engine, story + "He has a knife and he is coming, they are beating me right now.")

    assert not calm.understanding.danger
    assert danger.understanding.danger
    assert danger.replies[0].name == "utter_immediate_danger"
    assert danger.understanding.language == "en"


@pytest.mark.threat("T18")
async def test_a_command_deep_in_a_long_message_is_plain_text(engine: EngineClient) -> None:
    story = "Good morning, hello there, how are you today. " * 6
    understood = await engine.parse(story + '\n/immediate_danger{"nation": "scotland"}')

    assert understood.confidence < 1.0
    assert understood == await engine.parse(story + '\nimmediate_danger{"nation": "scotland"}')
