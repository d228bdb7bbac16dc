"""One run, from the first file to the last figure; each step says on standard error what it does."""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import examples
from benchmarks.figures import Line, Side, compare, percentile
from benchmarks.inbox_rate import updates_per_second
from benchmarks.load import FIRST_PERSON, Loaded, Say, at_once, greet, one_at_a_time
from benchmarks.ours import Ours, first_answer, local_telegram
from benchmarks.processes import free_port
from benchmarks.projects import make_ours, make_stock
from benchmarks.stock import Stock
from benchmarks.telegram import LocalTelegram

SHORT = 50
LONG_PERSON = 30_001
TEXTS_AT_A_LENGTH = 60
PLACES_AT_ONCE = 100


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    ``lines`` of each need and language are trained on (0: all); ``messages`` are sent one at a time, and as
    many in each of ``rounds`` by ``people`` at once; each side is started ``starts`` times; the inbox takes
    ``batches`` of a hundred; one conversation grows to ``long`` messages, stock's to ``stock_long``.
    """

    lines: int = 10
    messages: int = 400
    people: int = 50
    rounds: int = 3
    starts: int = 3
    batches: int = 100
    long: int = 10_000
    stock_long: int = 1_000


@dataclass(frozen=True)
class Answered:
    """What the load on a served side came to."""

    single: Loaded
    together: Sequence[Loaded]
    cpu: float

    def side(self, *, training: float, starts: Sequence[float], memory: float, unanswered: int) -> Side:
        """Return the side's figures."""
        each = [seconds for loaded in self.together for seconds in loaded.each]
        return Side(
            training=training,
            cold_start=statistics.median(starts),
            p50=percentile(self.single.each, 50),
            p95=percentile(self.single.each, 95),
            per_second=statistics.median(loaded.per_second for loaded in self.together),
            p50_at_once=percentile(each, 50),
            p95_at_once=percentile(each, 95),
            cpu=self.cpu,
            memory=memory,
            unanswered=unanswered,
        )


class Teller:
    """Says each step with the seconds since the start."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def __call__(self, step: str) -> None:
        """Say it."""
        sys.stderr.write(f"[{time.perf_counter() - self._began:5.0f} s] {step}\n")
        sys.stderr.flush()


async def run(plan: Plan, folder: Path, *, keep: Path | None = None) -> tuple[list[Line], list[str]]:
    """Measure both sides; returns the lines of the result and the notes to it.

    Raises:
        BenchmarkFailed: If a step fails.
        TimeoutError: If an answer does not come.
    """
    tell = Teller()
    data = examples.training_examples(plan.lines)
    notes = [_about_data(plan, data)]
    try:
        ours, own_lines = await _ours(plan, folder, data, tell, notes)
        stock, stock_lines = await _stock(plan, folder, data, tell, notes)
        tell(f"inbox: {plan.batches} batches of 100 updates")
        rate = await updates_per_second(folder / "inbox", batches=plan.batches)
        inbox = Line("inbox, synchronous=FULL", rate, None, "updates/s", "at least 1,000", rate >= 1000)
        lengths = [Line(what, mine, stock_lines.get(what), "ms") for what, mine in own_lines.items()]
        return [*compare(ours, stock), inbox, *lengths], notes
    finally:
        if keep is not None:
            _keep_logs(folder, keep)


async def _ours(
    plan: Plan, folder: Path, data: Sequence[examples.Examples], tell: Teller, notes: list[str]
) -> tuple[Side, dict[str, float]]:
    ours = Ours(folder / "ours", make_ours(folder / "our-project", data))
    tell("ours: training")
    training = await ours.train()
    await ours.prepare()
    async with local_telegram() as telegram:
        tell(f"ours: trained in {training:.1f} s; starting {plan.starts} times")
        starts = [await ours.cold_start(telegram, FIRST_PERSON + 50_000 + n) for n in range(plan.starts)]
        tell(f"ours: first answer after {', '.join(f'{s:.1f}' for s in starts)} s; load")
        async with ours.running(telegram) as service:
            await first_answer(telegram, service)
            sent_before = telegram.calls["sendMessage"]
            answered = await _load(plan, telegram.say, service.busy, tell)
            memory = service.weigh()
            notes.append(f"Ours sent {telegram.calls['sendMessage'] - sent_before} messages for them.")
            side = answered.side(
                training=training, starts=starts, memory=memory, unanswered=telegram.not_answered
            )
            return side, await _our_lengths(plan, telegram, tell)


async def _stock(
    plan: Plan, folder: Path, data: Sequence[examples.Examples], tell: Teller, notes: list[str]
) -> tuple[Side, dict[str, float]]:
    port, actions_port = free_port(), free_port()
    project = make_stock(folder / "stock", data, actions_port=actions_port)
    async with Stock(project, port=port, actions_port=actions_port) as stock:
        tell("stock: training, this is the long one")
        training = await stock.train()
        tell(f"stock: trained in {training:.1f} s; starting {plan.starts} times")
        starts = []
        for _ in range(plan.starts):
            await stock.stop_server()
            starts.append(await stock.start())
        tell(f"stock: first answer after {', '.join(f'{s:.1f}' for s in starts)} s; load")
        answered = await _load(plan, stock.say, stock.busy, tell)
        server, actions = stock.weigh()
        notes.append(
            f"Stock's memory is the server's {server:.0f} MiB alone; "
            f"its action server holds another {actions:.0f} MiB, which is not counted."
        )
        side = answered.side(training=training, starts=starts, memory=server, unanswered=stock.unanswered)
        return side, await _stock_lengths(plan, stock, tell)


async def _load(plan: Plan, say: Say, busy: Callable[[], float], tell: Teller) -> Answered:
    texts = examples.messages(plan.messages)
    few = max(plan.people // 2, 1)
    await greet(say, people=plan.people)
    await one_at_a_time(say, texts[: plan.people], people=plan.people)
    before = busy()
    single = await one_at_a_time(say, texts, people=few, first=FIRST_PERSON)
    cpu = (busy() - before) / len(texts)
    tell(f"one at a time: p95 {percentile(single.each, 95) * 1000:.0f} ms")
    together = [await at_once(say, texts, people=plan.people) for _ in range(plan.rounds)]
    rates = ", ".join(f"{loaded.per_second:.1f}" for loaded in together)
    tell(f"{plan.people} conversations at once: {rates} messages/s")
    return Answered(single, together, cpu)


async def _our_lengths(plan: Plan, telegram: LocalTelegram, tell: Teller) -> dict[str, float]:
    """Return the turn's p50 in ms in one conversation when it is short and when it is long."""
    measured, there = {}, 0
    for length in (SHORT, plan.long):
        tell(f"ours: one conversation grows to {length:,} messages")
        while there < length:
            more = min(PLACES_AT_ONCE, length - there)
            await telegram.share_places(LONG_PERSON, more)
            there += more
        measured[_at_length(length)] = await _p50_ms(telegram.say)
        there += TEXTS_AT_A_LENGTH
    return measured


async def _stock_lengths(plan: Plan, stock: Stock, tell: Teller) -> dict[str, float]:
    """Return the same of stock; its long conversation is shorter, or it would take hours."""
    measured = {}
    await greet(stock.say, people=1, first=LONG_PERSON)
    for length in (SHORT, plan.stock_long):
        tell(f"stock: one conversation grows to {length:,} messages")
        await stock.lengthen(LONG_PERSON, length)
        measured[_at_length(length)] = await _p50_ms(stock.say)
    return measured


async def _p50_ms(say: Say) -> float:
    texts = examples.messages(TEXTS_AT_A_LENGTH)
    return percentile((await one_at_a_time(say, texts, people=1, first=LONG_PERSON)).each, 50) * 1000


def _at_length(length: int) -> str:
    return f"a turn after {length:,} messages, p50"


def _about_data(plan: Plan, data: Sequence[examples.Examples]) -> str:
    lines = sum(len(some.lines) for some in data)
    sample = f"at most {plan.lines} of each need and language" if plan.lines else "all of them"
    return (
        f"Both trained on the same {lines:,} lines ({sample}) and got the same {plan.messages} held-out "
        f"messages: one at a time in {max(plan.people // 2, 1)} conversations, then {plan.rounds} times by "
        f"{plan.people} conversations at once. Medians of {plan.starts} starts and {plan.rounds} rounds."
    )


def _keep_logs(folder: Path, keep: Path) -> None:
    for log in folder.rglob("*.log"):
        target = keep / log.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, target)
