"""Training, in a process of its own: `python -m bot.engine.train_child ROOT ARCHIVE`.

TensorFlow comes in with Rasa's training whether it is used or not; here it leaves again with the process.
Standard output carries one JSON object a line: ``{"step": …}`` or ``{"failed": …}``.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
import tarfile
from pathlib import Path

from bot.engine.quiet import silence, take_stdout

_STARTED = re.compile(r"Starting to train component '(\w+)'")


class Teller(logging.Handler):
    """Passes on which component is being trained."""

    def __init__(self, out: int) -> None:
        super().__init__(logging.INFO)
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        """Say it, if that is what the record is about."""
        found = _STARTED.search(record.getMessage())
        if found:
            say(self._out, step=f"training {found.group(1)}")


def say(out: int, **what: str) -> None:
    """Write one line to the parent."""
    os.write(out, (json.dumps(what) + "\n").encode())


def train(root: Path, archive: Path, out: int) -> None:
    """Train what stands below ``root`` into ``archive``."""
    say(out, step="loading Rasa")
    # TensorFlow looks for jax only to convert jax programs, and stumbles over some versions of it.
    sys.modules.setdefault("jax", None)  # type: ignore[arg-type]
    from rasa.model_training import train as rasa_train

    from bot.engine.lean_training import lean

    lean()
    logging.disable(logging.NOTSET)
    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.addHandler(Teller(out))
    hooks.setLevel(logging.INFO)
    logging.getLogger().setLevel(logging.CRITICAL)
    say(out, step="reading examples and stories")
    result = rasa_train(
        domain=str(root / "stories" / "domain"),
        config=str(root / "config.yml"),
        training_files=[str(root / "nlu"), str(root / "stories" / "topics")],
        output=str(archive.parent),
        fixed_model_name=f".{archive.name}",
        force_training=True,
    )
    if result.code != 0 or result.model is None:
        raise ValueError("Rasa found no stories or no examples.")
    say(out, step="packing")
    repack(Path(result.model), archive)


def repack(trained: Path, archive: Path) -> None:
    """Write the archive without the training schema, which would pull TensorFlow in wherever it is read."""
    with tarfile.open(trained, "r:gz") as source, tarfile.open(archive, "w:gz") as target:
        for member in sorted(source.getmembers(), key=lambda m: m.name):
            if not member.isfile():
                continue
            held = source.extractfile(member)
            assert held is not None
            content = held.read()
            if Path(member.name).name == "metadata.json" and "components" not in member.name:
                metadata = json.loads(content)
                metadata["train_schema"] = {"nodes": {}}
                content = json.dumps(metadata).encode()
            plain = tarfile.TarInfo(member.name.removeprefix("./"))
            plain.size = len(content)
            target.addfile(plain, io.BytesIO(content))
    trained.unlink()


def main(arguments: list[str]) -> int:
    """Train and tell how it went."""
    out = take_stdout()
    silence()
    root, archive = Path(arguments[0]), Path(arguments[1])
    sys.path.insert(0, str(root))
    try:
        train(root, archive, out)
    except (Exception, SystemExit) as problem:
        # Training reads the trainers' files only, so its complaint may be shown whole.
        say(out, failed=f"{type(problem).__name__}: {problem}"[:2000])
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
