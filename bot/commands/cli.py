"""The command line, named in one place. Heavy rooms are imported by the command that needs them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as settings_of

app = typer.Typer(
    name="harbour",
    help="A helper for trafficked young people, and for the people who help them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
advocate = typer.Typer(help="Enrol, list and remove advocates.", no_args_is_help=True)
keys = typer.Typer(help="The key file.", no_args_is_help=True)
db = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(advocate, name="advocate")
app.add_typer(keys, name="keys")
app.add_typer(db, name="db")

Who = Annotated[str, typer.Option(help="Who does this.")]
Why = Annotated[str, typer.Option(help="Why.")]


@app.command()
def run() -> None:
    """Run the service. With no token, start the local Telegram and open both phones on a page."""
    from bot.commands.serve import serve

    serve(settings_of.load())


@app.command()
def standin(
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8765,
    limits: Annotated[str, typer.Option(help="`off`, or `real` for Telegram's pace.")] = "off",
) -> None:
    """Run the local Telegram alone."""
    from bot.commands.serve import standin_alone

    standin_alone(host, port, limits)


@app.command()
def settings() -> None:
    """Print every setting, its value, where it came from, and what it is for; secrets stay hidden."""
    from bot.commands.show_settings import show

    show(settings_of.load())


@app.command()
def doctor() -> None:
    """Say what is wrong and how to mend it; status 1 while something is."""
    from bot.commands.doctor import examine

    raise typer.Exit(examine(settings_of.load()))


@app.command()
def parse(
    entities: Annotated[bool, typer.Option("--entities", help="Tell age, place and day, too.")] = False,
) -> None:
    """Understand JSON Lines from standard input; one JSON line out for each, in order."""
    from bot.commands.parse import parse_lines

    raise typer.Exit(parse_lines(settings_of.load(), entities=entities))


@app.command()
def talk(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON Lines in and out, for a program.")] = False,
    language: Annotated[str, typer.Option(help="Telegram's language hint, such as `vi`.")] = "",
) -> None:
    """Talk with Harbour in the terminal, without Telegram."""
    from bot.commands.talk import talk as start

    raise typer.Exit(start(settings_of.load(), jsonl=jsonl, hint=language or None))


@app.command()
def train(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Only if the files changed since the last release.")
    ] = False,
    who: Who = "",
    why: Why = "",
) -> None:
    """Train a model from the files as they are, and make it the current release."""
    from bot.commands.models import train as start

    start(settings_of.load(), if_needed=if_needed, who=who, why=why)


@app.command()
def vectors() -> None:
    """Embed all examples beforehand, into `nlu/vectors/`: say this when many lines are new."""
    from bot.commands.vectors import ship

    ship(Path.cwd())


@app.command()
def check() -> None:
    """Check content, catalogues and rules, and train dry; status 1 if something must be mended."""
    from bot.commands.check import check as start

    raise typer.Exit(start(Path.cwd()))


@app.command()
def test() -> None:
    """Run the conversation tests of `stories/tests/` against the current release."""
    from bot.commands.models import test as start

    raise typer.Exit(start(settings_of.load()))


@app.command()
def evaluate(
    release: Annotated[str, typer.Option(help="A release's name; default: the current one.")] = "",
    against: Annotated[str, typer.Option(help="Another release, to compare it with.")] = "",
    language: Annotated[list[str] | None, typer.Option(help="Only this language; may be repeated.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("results", "evaluation"),
) -> None:
    """Measure what a model understands on held-out lines; write a report and the release's figures."""
    from bot.commands.evaluate import evaluate as start

    start(settings_of.load(), release=release, against=against, languages=language or [], out=out)


@app.command()
def releases() -> None:
    """List the trained releases, newest first; the current one is marked."""
    from bot.commands.models import show_releases

    show_releases(settings_of.load())


@app.command()
def promote(release: str, who: Who = "", why: Why = "") -> None:
    """Make a trained release the current one; a running service takes it at its next start."""
    from bot.commands.models import promote as start

    start(settings_of.load(), release, who=who, why=why)


@app.command()
def rollback(who: Who = "", why: Why = "") -> None:
    """Go back to the release before the current one."""
    from bot.commands.models import rollback as start

    start(settings_of.load(), who=who, why=why)


@app.command()
def erase(
    code: Annotated[str, typer.Argument(help="Code of any of the person's cases, such as K7-3QM.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Erase a young person: their key, every row, and the database's own traces."""
    from bot.commands.people import erase as start

    start(settings_of.load(), code, yes=yes)


@advocate.command("invite")
def invite(
    alias: Annotated[str, typer.Argument(help="Name that colleagues read, such as Heron.")],
    minutes: Annotated[int, typer.Option(help="How long the link works.", min=1, max=1440)] = 30,
) -> None:
    """Print a link that enrols one advocate, once."""
    from bot.commands.people import invite as start

    start(settings_of.load(), alias, timedelta(minutes=minutes))


@advocate.command("list")
def list_advocates() -> None:
    """List enrolled advocates by alias."""
    from bot.commands.people import show_advocates

    show_advocates(settings_of.load())


@advocate.command("remove")
def remove(alias: str) -> None:
    """Take an advocate's authority away, from the next update on."""
    from bot.commands.people import remove as start

    start(settings_of.load(), alias)


@keys.command("create")
def create_key() -> None:
    """Make the key file. Keep a copy apart from the database: without it nothing can be read."""
    from bot.commands.keys import create

    create(settings_of.load())


@keys.command("rotate")
def rotate_key(
    retire: Annotated[
        bool, typer.Option("--retire", help="Then take the old keys out; only once every service restarted.")
    ] = False,
) -> None:
    """Make a new service key and wrap every person's key in it; can be stopped and said again."""
    from bot.commands.keys import rotate

    rotate(settings_of.load(), retire=retire)


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version's tables."""
    from bot.commands.keys import upgrade as start

    start(settings_of.load())
