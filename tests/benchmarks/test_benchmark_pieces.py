"""The benchmark's own pieces: what it compares, and how it keeps a result."""

from __future__ import annotations

import asyncio
import sys

import httpx
import pytest

from benchmarks import examples, record
from benchmarks.figures import Side, as_table, compare
from benchmarks.processes import BenchmarkFailed, Running, bare_environment
from benchmarks.projects import make_ours, make_stock
from benchmarks.telegram import TOKEN, LocalTelegram
from bot.yaml_files import read_yaml

GOOD = Side(
    training=10, cold_start=3, p50=0.02, p95=0.05, per_second=60, p50_at_once=0.5, p95_at_once=0.8, cpu=0.02,
    memory=200, unanswered=0,
)  # fmt: skip
STOCK = Side(
    training=200, cold_start=20, p50=0.02, p95=0.05, per_second=30, p50_at_once=1.5, p95_at_once=2.8,
    cpu=0.03, memory=700, unanswered=0,
)  # fmt: skip


def test_goals_are_held_to_the_ratio():
    assert all(line.met for line in compare(GOOD, STOCK) if line.goal)
    assert [line.what for line in compare(STOCK, GOOD) if line.met is False] == [
        "50 conversations at once",
        "memory of all processes",
        "cold start to first answer",
        "training",
    ]
    assert "| 0.29x | at most 0.5x | met |" in as_table(compare(GOOD, STOCK))


def test_both_sides_get_the_same_lines_and_nothing_that_is_tested(tmp_path):
    data = examples.training_examples(4)
    assert all(0 < len(some.lines) <= 4 for some in data)
    ours = make_ours(tmp_path / "ours", data)
    stock = make_stock(tmp_path / "stock", data, actions_port=5055)
    assert (ours / "nlu" / "examples.yml").read_bytes() == (stock / "nlu" / "examples.yml").read_bytes()
    trained = {line for block in read_yaml(ours / "nlu" / "examples.yml")["nlu"] for line in
               examples.lines_of(block["examples"])}  # fmt: skip
    assert trained == {line for some in data for line in some.lines}
    assert not trained & set(examples.messages(300))


def test_stock_has_the_untouched_defaults(tmp_path):
    stock = make_stock(tmp_path, examples.training_examples(1), actions_port=5055)
    config = read_yaml(stock / "config.yml")
    assert config["pipeline"] is None
    assert config["policies"] is None


def test_a_run_is_kept_in_front_and_the_rest_of_the_page_stays(tmp_path):
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# B\n\nabout\n\n{record.BEGIN}\n{record.END}\n\n## Chaos\n\nkept\n", "utf-8")
    for number in range(record.KEPT + 2):
        record.keep(f"### run {number}\n\ntable {number}\n\n", page)
    kept = page.read_text("utf-8")
    assert kept.startswith("# B\n\nabout\n")
    assert kept.endswith("## Chaos\n\nkept\n")
    assert kept.index("### run 9") < kept.index("### run 8")
    assert kept.count("### run") == record.KEPT


async def test_the_local_telegram_times_a_turn():
    """A long poll brings what a person says; their turn ends with the first send to them, counted once."""
    async with (
        LocalTelegram(["engine down"], ["by the way"]) as telegram,
        httpx.AsyncClient(base_url=f"{telegram.url}/bot{TOKEN}", trust_env=False) as bot,
    ):
        turn = asyncio.create_task(telegram.say(7, "hello"))
        update = (await bot.post("/getUpdates", data={"offset": 0, "timeout": 20})).json()["result"][0]
        assert update["message"]["text"] == "hello"
        await bot.post("/sendMessage", data={"chat_id": 8, "text": "to someone else"})
        await bot.post("/sendMessage", data={"chat_id": 7, "text": "by the way"})
        assert not turn.done()
        await bot.post("/sendMessage", data={"chat_id": 7, "text": "engine down"})
        assert await turn > 0
        assert telegram.not_answered == 1
        again = {"offset": update["update_id"] + 1, "timeout": 0}
        assert (await bot.post("/getUpdates", data=again)).json()["result"] == []


async def test_a_failed_command_tells_its_last_words(tmp_path):
    process = await Running.start(
        [sys.executable, "-c", "raise SystemExit('no disk')"],
        cwd=tmp_path,
        environment=bare_environment(tmp_path, {}),
        log=tmp_path / "it.log",
    )
    with pytest.raises(BenchmarkFailed, match="no disk"):
        await process.finish("training")
