"""Whatever arrives is read or set aside: no other error, and no word of it in an error."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import UnreadableUpdate
from bot.gateway.lanes import lane_of, pressed_in_private, to_store, update_id_of
from bot.gateway.read import read, read_body
from bot.messages import Ignored
from tests.support.updates import (
    BOT,
    GROUP,
    group,
    message,
    press,
    standing,
    topic_message,
    update,
    user,
)

CANARY = "canary-7f3a"
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just(CANARY),
    st.just({}), st.just([]), st.just([None]), st.integers(min_value=2**60),
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)
WHOLE = [
    update(message=message(text=CANARY)),
    update(message=message(location={"latitude": 1.0, "longitude": 2.0})),
    update(edited_message=topic_message(7, text=CANARY)),
    update(message=topic_message(7, forum_topic_created={"name": CANARY, "icon_color": 1})),
    press(CANARY),
    press(CANARY, message=topic_message(7, BOT, text="card")),
    update(my_chat_member=standing("kicked")),
    update(chat_member=standing("restricted", chat=group(), who=9)),
    update(message=message(text="x", forward_origin={"type": "user", "date": 1, "sender_user": user(9)})),
    update(message=topic_message(migrate_to_chat_id=-1009)),
]
FAST = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def paths_of(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [at, *(path for key in keys for path in paths_of(value[key], (*at, key)))]


PLACES = [(raw, path) for raw in WHOLE for path in paths_of(raw) if path]


def broken(raw: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(raw)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def check(raw: Any) -> None:
    lane = lane_of(raw)
    assert lane == "odd" or lane.split(":")[0] in {"private", "topic", "group"}
    update_id_of(raw)
    pressed_in_private(raw)
    error = failure_of(raw)
    if error is not None:
        assert CANARY not in f"{error!r} {error} {error.args}"
        assert error.__cause__ is None
        assert error.__context__ is None or error.__suppress_context__


def failure_of(raw: Any) -> UnreadableUpdate | None:
    try:
        read(raw, BOT)
    except UnreadableUpdate as error:
        return error
    return None


@pytest.mark.threat("T15")
@FAST
@given(st.sampled_from(PLACES), JSON)
def test_an_update_with_any_one_field_changed_is_read_or_set_aside(
    place: tuple[dict[str, Any], tuple[Any, ...]], value: Any
) -> None:
    check(broken(*place, value))


@pytest.mark.threat("T15")
@settings(FAST, max_examples=100)
@given(JSON)
def test_any_json_at_all_is_read_or_set_aside(raw: Any) -> None:
    check(raw)


@pytest.mark.threat("T15")
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nul", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000, b'"text"', b"[]"],
)
def test_bytes_that_are_no_update_are_set_aside(body: bytes) -> None:
    with pytest.raises(UnreadableUpdate):
        read_body(body, BOT)


@pytest.mark.threat("T27")
def test_an_error_keeps_nothing_of_the_update_in_its_context() -> None:
    """A logged traceback shows the whole chain of exceptions, so the chain is cut."""
    with pytest.raises(UnreadableUpdate) as caught:
        read(update(message=message(text=CANARY, date="yesterday")), BOT)
    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__


def test_numbers_beyond_telegrams_are_not_believed() -> None:
    with pytest.raises(UnreadableUpdate):
        read(update(message=message(text="x", message_id=2**60)), BOT)


@pytest.mark.threat("T15")
def test_an_update_without_a_number_gets_one_that_telegram_never_gives() -> None:
    """The same bytes get the same number, so a repeat is still one row."""
    body = json.dumps({"message": message(text="x")}).encode()
    first, second = to_store(json.loads(body), body), to_store(json.loads(body), body)
    assert first.update_id == second.update_id < 0
    assert to_store(None, b"other").update_id != first.update_id


@pytest.mark.parametrize("number", [None, True, "7", 1.5, -1, 2**63, [7]])
def test_only_a_whole_number_counts_as_an_update_id(number: Any) -> None:
    assert update_id_of({"update_id": number}) is None


def test_an_ignored_update_still_has_a_lane() -> None:
    raw = update(message=topic_message(7, pinned_message=message(text="x")))
    assert read(raw, BOT) == Ignored("service message")
    assert lane_of(raw) == f"topic:{GROUP}:7"
