"""F6: the engine is missing, corrupt, hung, killed or out of memory: menu and hand-over in two seconds."""

from __future__ import annotations

import resource
import shutil
import signal
from collections.abc import Callable, Iterable
from os import kill
from pathlib import Path

from tests.chaos import story
from tests.chaos.play import ENGINE_DOWN, Play, says
from tests.chaos.service import descendants
from tests.chaos.trial import Fault
from tests.chaos.world import PEOPLE

SECONDS = 2.0
PIM = PEOPLE["Pim"][0]
MENU = says("utter_menu") | says("utter_notice")
ASK = says("label_talk_to_human") | {"👤 Talk to a person", "👤 Talk to a person now"}


def faults() -> list[Fault]:
    """Return every fault of this kind."""
    return [
        Fault("no model at all", no_model, starts=False),
        Fault("corrupt model, none before it", lambda play: corrupt(play, keep_last=False), starts=False),
        Fault("corrupt model, an older one stands", lambda play: corrupt(play, keep_last=True), starts=False),
        Fault("child hangs (SIGSTOP)", lambda play: struck(play, lambda pid: kill(pid, signal.SIGSTOP))),
        Fault("child killed", lambda play: struck(play, lambda pid: kill(pid, signal.SIGKILL))),
        Fault("child out of memory", lambda play: struck(play, _starve)),
    ]


async def no_model(play: Play) -> None:
    """A service without any model: fixed texts and people."""
    own_models(play).mkdir()
    await _works_without_engine(play)


async def corrupt(play: Play, *, keep_last: bool) -> None:
    """The live model was altered on disk: it is refused, and the last good one serves if there is one."""
    models = own_models(play)
    shutil.copytree(play.world.models, models)
    live = sorted(models.glob("*.tar.gz"))[-1]
    if keep_last:
        older = live.with_name(f"older-{live.name}")
        shutil.copy(live, older)
        manifest = live.with_name(live.name.replace(".tar.gz", ".json"))
        shutil.copy(manifest, older.with_name(older.name.replace(".tar.gz", ".json")))
        (models / "last-good").write_text(older.name)
    else:
        for other in models.glob("*.tar.gz"):
            if other != live:
                other.unlink()
        (models / "last-good").unlink(missing_ok=True)
    _flip(live)
    if not keep_last:
        await _works_without_engine(play)
        return
    play.world.keep_alive()
    await play.world.ready()
    await story.short(play)


def own_models(play: Play) -> Path:
    """Give the world a models folder of its own, and return where it shall stand."""
    models = play.world.folder / "data" / "models"
    models.unlink()
    return models


def _flip(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(byte ^ 0xFF for byte in content[middle : middle + 64])
    archive.write_bytes(content)


async def _works_without_engine(play: Play) -> None:
    play.world.keep_alive()
    await play.world.reached()
    # First contact: from here on only the engine is missing.
    await timed(play, "/start", MENU)
    await play.world.quiet()
    menu = await timed(play, "/start", MENU)
    words = await timed(play, "hello, can you help me", ENGINE_DOWN)
    handover = await handed_over(play)
    play.note = f"menu {menu:.1f} s, words {words:.1f} s, hand-over {handover:.1f} s"
    assert max(menu, words, handover) <= SECONDS, play.note
    await play.alarms_say("engine")
    await play.hands_back("Ada", "Pim")


async def struck(play: Play, strike: Callable[[int], None]) -> None:
    """The child is struck in mid-service: the next words, the menu and the hand-over still come in time."""
    await play.asks("Pim", "hello, how are you")
    await play.world.quiet()
    assert play.world.service is not None
    for pid in descendants(play.world.service.pid):
        strike(pid)
    words = await timed(play, "what are my rights", [""])
    await play.world.quiet()
    menu = await timed(play, "/start", MENU)
    handover = await handed_over(play)
    play.note = f"words {words:.1f} s, menu {menu:.1f} s, hand-over {handover:.1f} s"
    assert max(menu, words, handover) <= SECONDS, play.note
    await play.hands_back("Ada", "Pim")
    # The next child takes over by itself.
    await play.world.ready()
    await play.asks("Pim", "thank you")


def _starve(pid: int) -> None:
    """Leave the child hardly more memory than it has now."""
    used = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (used + 65_536, used + 65_536))


async def timed(play: Play, text: str, wanted: Iterable[str]) -> float:
    """Write and return the seconds until an answer with one of these texts was shown."""
    start = play.heard(await play.world.telegram.shown(), "Pim")
    if text == "/start":
        await play.starts("Pim")
    else:
        await play.writes("Pim", text, to="maybe")
    answer = await play.bot_says("Pim", wanted, since=start)
    own = [entry for entry in (await play.world.telegram.shown()).page(PIM) if entry["own"]]
    return float(answer["shown_at"] - own[-1]["shown_at"])


async def handed_over(play: Play) -> float:
    """Press the button that asks for a person; return the seconds until they are told, then claim."""
    took = await play.presses("Pim", ASK, expects=story.QUEUED)
    await play.in_new_topic("Pim")
    await play.claims("Ada", "Pim")
    return took
