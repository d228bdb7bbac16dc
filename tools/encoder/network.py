"""The encoder as a TensorFlow network whose weights are rounded to four bits at every step.

The same computation as `e5.c` of the wheel: word, place and kind added up, twelve layers, the mean over
the tokens, length one. Learning sees the rounded weights and moves the whole ones behind them
(straight-through), so what is kept in four bits is what was learned.

Source:
    Bengio, Léonard, Courville: Estimating or propagating gradients through stochastic neurons (2013).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nlu.tuned_layers import BLOCK_BYTES, directory, steps

WIDTH, HEADS, LAYERS, INNER = 384, 12, 12, 1536
MATRICES = {
    "q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "ao": (WIDTH, WIDTH),
    "fi": (INNER, WIDTH), "fo": (WIDTH, INNER),
}  # fmt: skip
VECTORS = ("q.b", "k.b", "v.b", "ao.b", "aln.w", "aln.b", "fi.b", "fo.b", "oln.w", "oln.b")


class Encoder:
    """Every weight of the wheel's file; those of the layers can learn."""

    def __init__(self, file: bytes) -> None:
        self._file, self._tensors = file, directory(file)
        self._words = steps(file, self._tensors["emb.word"]).reshape(-1, WIDTH // 32, 32)
        self._word_scales = self._scales("emb.word").reshape(-1, WIDTH // 32, 1)
        self._places = self._floats("emb.pos").reshape(-1, WIDTH)
        self._kind = self._floats("emb.type")[:WIDTH]
        self._norm = (self._floats("emb.ln.w"), self._floats("emb.ln.b"))
        self.layers = [self._layer(number) for number in range(LAYERS)]
        self.learned = [v for layer in self.layers for v in layer.values() if isinstance(v, tf.Variable)]

    def words(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return what goes into the first layer: texts x tokens x width."""
        vectors = self._words[ids].astype(np.float32) * self._word_scales[ids].astype(np.float32)
        return vectors.reshape(*ids.shape, WIDTH) + self._places[: ids.shape[1]] + self._kind

    def vectors(self, words: Any, mask: Any, dropout: float = 0.0) -> Any:
        """Return the unit vector of each text; ``mask`` is 1 where there is a token."""
        hidden, hide = _normed(words, *self._norm), (1 - mask)[:, None, None, :] * -1e9
        for layer in self.layers:
            hidden = _through(layer, hidden, hide, dropout)
        mean = tf.reduce_sum(hidden * mask[:, :, None], 1) / tf.reduce_sum(mask, 1, keepdims=True)
        return tf.math.l2_normalize(mean, -1)

    def tuned(self) -> dict[str, NDArray[Any]]:
        """Return the layers as they are kept: four-bit weights in steps, the rest as numbers."""
        kept = {}
        for number, layer in enumerate(self.layers):
            for name in MATRICES:
                whole = np.round(layer[name].numpy() / layer[f"{name}.d"].numpy())
                kept[f"l{number}.{name}.w"] = np.clip(whole, -8, 7).astype(np.int8)
            for name in VECTORS:
                kept[f"l{number}.{name}"] = layer[name].numpy()
        return kept

    def _layer(self, number: int) -> dict[str, Any]:
        layer: dict[str, Any] = {}
        for name, (out, into) in MATRICES.items():
            tensor = f"l{number}.{name}.w"
            scales = self._scales(tensor).reshape(out, into // 32, 1)
            whole = steps(self._file, self._tensors[tensor]).reshape(out, into // 32, 32)
            layer[name], layer[f"{name}.d"] = tf.Variable(whole * scales), tf.constant(scales)
        for name in VECTORS:
            layer[name] = tf.Variable(self._floats(f"l{number}.{name}"))
        return layer

    def _scales(self, name: str) -> NDArray[np.float32]:
        tensor = self._tensors[name]
        blocks = np.frombuffer(self._file, np.uint8, tensor.length, tensor.start).reshape(-1, BLOCK_BYTES)
        return blocks[:, :2].copy().view(np.float16).astype(np.float32)[:, 0]

    def _floats(self, name: str) -> NDArray[np.float32]:
        tensor = self._tensors[name]
        return np.frombuffer(self._file, "<f4", tensor.length // 4, tensor.start).copy()


def padded(rows: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return ids and mask of several texts, filled up to a multiple of eight tokens."""
    longest = -(-max(map(len, rows)) // 8) * 8
    ids, mask = np.ones((len(rows), longest), np.int32), np.zeros((len(rows), longest), np.float32)
    for at, row in enumerate(rows):
        ids[at, : len(row)], mask[at, : len(row)] = row, 1
    return ids, mask


def _through(layer: Mapping[str, Any], hidden: Any, hide: Any, dropout: float) -> Any:
    texts, tokens = tf.shape(hidden)[0], tf.shape(hidden)[1]

    def heads(name: str) -> Any:
        split = tf.reshape(_times(layer, name, hidden), (texts, tokens, HEADS, WIDTH // HEADS))
        return tf.transpose(split, (0, 2, 1, 3))

    likeness = tf.matmul(heads("q"), heads("k"), transpose_b=True) * (WIDTH // HEADS) ** -0.5
    seen = tf.transpose(tf.matmul(tf.nn.softmax(likeness + hide), heads("v")), (0, 2, 1, 3))
    seen = _times(layer, "ao", tf.reshape(seen, (texts, tokens, WIDTH)))
    hidden = _normed(hidden + tf.nn.dropout(seen, dropout), layer["aln.w"], layer["aln.b"])
    inner = tf.nn.gelu(_times(layer, "fi", hidden))
    inner = tf.nn.dropout(_times(layer, "fo", inner), dropout)
    return _normed(hidden + inner, layer["oln.w"], layer["oln.b"])


def _times(layer: Mapping[str, Any], name: str, hidden: Any) -> Any:
    """Multiply by a matrix as it will be kept, in half precision where the processor has it."""
    whole, scales = layer[name], layer[f"{name}.d"]
    kept = tf.clip_by_value(tf.round(whole / scales), -8.0, 7.0) * scales
    weights = tf.reshape(whole + tf.stop_gradient(kept - whole), MATRICES[name])
    shape = tf.shape(hidden)
    flat = tf.cast(tf.reshape(hidden, (-1, hidden.shape[-1])), tf.bfloat16)
    product = tf.matmul(flat, tf.cast(weights, tf.bfloat16), transpose_b=True)
    whole_shape = tf.concat([shape[:-1], [MATRICES[name][0]]], 0)
    return tf.reshape(tf.cast(product, tf.float32) + layer[f"{name}.b"], whole_shape)


def _normed(hidden: Any, weight: Any, bias: Any) -> Any:
    mean = tf.reduce_mean(hidden, -1, keepdims=True)
    spread = tf.reduce_mean(tf.square(hidden - mean), -1, keepdims=True)
    return (hidden - mean) * tf.math.rsqrt(spread + 1e-12) * weight + bias
