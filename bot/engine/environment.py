"""The environment our child processes get: what Python needs, and nothing of ours."""

from __future__ import annotations

import os

_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "SYSTEMROOT")

_SET = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # else each thread keeps memory of its own
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_MAX_CACHE_SIZE": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TQDM_DISABLE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "Agg",
}


def clean_environment() -> dict[str, str]:
    """Return the environment of a child: no token, no key, no setting of ours can be read from it."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | _SET
