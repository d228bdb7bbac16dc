"""Vectors of the training examples that come with the repository, one file a language.

Embedding sixty thousand lines takes a quarter of an hour; reading their vectors takes a second. A vector
counts only for the very text and encoder it was made from: an old file makes training slower, never wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from nlu.encoder import Vectors
from nlu.quantised import Quantised


def read_shipped(folder: Path) -> dict[int, Vectors]:
    """Return every vector below ``folder`` by its key; files that cannot be read are passed over."""
    found: dict[int, Vectors] = {}
    for file in sorted(folder.glob("*.npz")):
        try:
            with np.load(file, allow_pickle=False) as stored:
                rows = Quantised(stored["vectors"], stored["scales"]).rows()
                found.update(zip(map(int, stored["keys"]), rows, strict=True))
        except (OSError, EOFError, ValueError, KeyError, BadZipFile):
            continue
    return found


def write_shipped(file: Path, vectors: Mapping[int, Vectors]) -> None:
    """Write one language's vectors, in an order that does not change by itself."""
    keys = sorted(vectors)
    packed = Quantised.of(np.array([vectors[key] for key in keys], dtype=np.float32))
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(file, keys=np.array(keys, dtype=np.uint64), vectors=packed.bytes, scales=packed.scales)
