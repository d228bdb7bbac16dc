"""Telegram's limits hold in every window, urgent rows have a share, and a chat holds up only itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.outbox.pacing import MINUTE, UNLIMITED, Limits, Pacing

GROUP, OTHER_GROUP = -100, -200


def send_all(pacing: Pacing, chat: int, count: int, *, is_group: bool, urgent: bool = False) -> list[float]:
    """Return the moments at which ``count`` calls leave when each leaves as soon as it may."""
    now, left = 0.0, list[float]()
    while len(left) < count:
        wait = pacing.wait(now, chat, is_group=is_group, urgent=urgent)
        if wait <= 0:
            pacing.spend(now, chat, is_group=is_group)
            left.append(now)
        now += wait
    return left


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(1 for other in moments if at <= other < at + seconds) for at in moments)


def test_a_chat_takes_a_short_burst_and_then_one_a_second() -> None:
    assert send_all(Pacing(), 1, 6, is_group=False) == pytest.approx([0, 0, 0, 1, 2, 3])


def test_a_group_never_takes_more_than_its_minute_and_keeps_two_back() -> None:
    moments = send_all(Pacing(), GROUP, 60, is_group=True)
    assert most_within(moments, 60) == 18
    urgent = send_all(Pacing(), GROUP, 60, is_group=True, urgent=True)
    assert most_within(urgent, 60) == 20


def test_two_urgent_ones_leave_when_the_group_is_used_up() -> None:
    pacing = Pacing()
    now = send_all(pacing, GROUP, 18, is_group=True)[-1] + 5
    assert pacing.wait(now, GROUP, is_group=True, urgent=False) > 10
    for _ in range(2):
        assert pacing.wait(now, GROUP, is_group=True, urgent=True) == 0
        pacing.spend(now, GROUP, is_group=True)
    assert pacing.wait(now, GROUP, is_group=True, urgent=True) > 10


def test_over_all_no_second_holds_more_than_thirty() -> None:
    pacing, now, moments = Pacing(), 0.0, list[float]()
    for chat in range(200):
        while (wait := pacing.wait(now, chat, is_group=False, urgent=False)) > 0:
            now += wait
        pacing.spend(now, chat, is_group=False)
        moments.append(now)
    assert most_within(moments, 1.0) == 30
    assert moments[-1] < 8


@pytest.mark.threat("T32")
def test_a_wait_that_one_chat_asks_for_holds_up_no_other() -> None:
    pacing = Pacing()
    pacing.hold(0.0, 1, 30)
    assert pacing.wait(0.0, 1, is_group=False, urgent=True) == 30
    assert pacing.wait(0.0, 2, is_group=False, urgent=False) == 0
    assert pacing.wait(30.0, 1, is_group=False, urgent=False) == 0


def test_a_later_shorter_wait_does_not_shorten_an_earlier_one() -> None:
    pacing = Pacing()
    pacing.hold(0.0, 1, 30)
    pacing.hold(1.0, 1, 2)
    assert pacing.wait(1.0, 1, is_group=False, urgent=False) == 29


def test_what_costs_nothing_in_a_group_leaves_when_its_minute_is_used_up() -> None:
    pacing = Pacing()
    now = send_all(pacing, GROUP, 20, is_group=True, urgent=True)[-1] + 5
    assert pacing.wait(now, GROUP, is_group=True, urgent=False, cost=0) == 0


def test_a_call_that_costs_more_than_fits_at_once_still_leaves() -> None:
    pacing = Pacing(Limits(burst=3, group_per_minute=4, kept_back=2))
    assert pacing.wait(0.0, GROUP, is_group=True, urgent=False, cost=9) == 0
    pacing.spend(0.0, GROUP, is_group=True, cost=9)
    assert pacing.wait(0.0, GROUP, is_group=True, urgent=False) >= MINUTE


def test_memory_stays_flat_over_many_chats() -> None:
    pacing = Pacing()
    for chat in range(5000):
        pacing.spend(float(chat), chat, is_group=False)
        pacing.hold(float(chat), chat, 1)
        pacing.forget(float(chat))
    assert len(pacing._chats) < 10
    assert len(pacing._held) < 10


def test_without_limits_everything_leaves_at_once() -> None:
    assert set(send_all(Pacing(UNLIMITED), GROUP, 500, is_group=True)) == {0.0}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([GROUP, OTHER_GROUP]), st.booleans(), st.floats(0, 20)), max_size=80)
)
def test_no_window_of_a_group_is_ever_overfull(calls: list[tuple[int, bool, float]]) -> None:
    pacing, now = Pacing(), 0.0
    moments: dict[int, list[float]] = {GROUP: [], OTHER_GROUP: []}
    for chat, urgent, pause in calls:
        now += pause
        while (wait := pacing.wait(now, chat, is_group=True, urgent=urgent)) > 0:
            now += wait
        pacing.spend(now, chat, is_group=True)
        moments[chat].append(now)
    assert all(most_within(found, 60) <= 20 for found in moments.values() if found)
