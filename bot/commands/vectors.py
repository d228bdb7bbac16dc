"""`harbour vectors`: embed every example beforehand, so that training on a new machine takes a minute."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from bot.commands.progress import progress
from bot.content_check import read_examples
from nlu.e5_featurizer import E5Featurizer
from nlu.encoder import TrainingVectors, Vectors, clean, key_of, load_encoder
from nlu.shipped_vectors import read_shipped, write_shipped


def ship(root: Path) -> None:
    """Write `nlu/vectors/<language>.npz` for each language of `nlu/examples/`."""
    settings = E5Featurizer.get_default_config()
    encoder, folder = load_encoder(settings["encoder"]), root / settings["shipped"]
    known: Mapping[int, Vectors] = read_shipped(folder)
    languages = sorted(f for f in (root / "nlu" / "examples").iterdir() if f.is_dir())
    with progress("Embedding") as tell:
        for language in languages:
            texts = sorted(_texts(language))
            tell(f"{language.name}, {len(texts)} texts")
            vectors = TrainingVectors(root / settings["training_cache"], encoder, known).encode_all(texts)
            keyed = {key_of(encoder.name, text): v for text, v in zip(texts, vectors, strict=True)}
            write_shipped(folder / f"{language.name}.npz", keyed)
    sys.stderr.write(f"The vectors of {len(languages)} languages lie in {folder}.\n")


def _texts(language: Path) -> set[str]:
    """Return every text that training embeds."""
    return {clean(line) for lines in read_examples(language).values() for line in lines} - {""}
