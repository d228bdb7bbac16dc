"""The project's own actions, and two more that misbehave on purpose."""

from pathlib import Path

_REAL = Path(__file__).resolve().parents[4] / "actions"
__path__: list[str] = [str(Path(__file__).parent), str(_REAL)]
