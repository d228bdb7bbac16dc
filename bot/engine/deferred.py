"""Serving without what serving never uses: TensorFlow, cloud databases, a dozen chat services' clients.

Rasa imports them all wherever it is imported: nine seconds and 400 MB. Stand-ins take their modules' names
and import the true module only when something asks for more than they hold. Nothing of Rasa is changed, and
training, which runs elsewhere, sees none of this. Written for Rasa 3.6.21; a test watches over the effect.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Mapping
from typing import Any

STAND_INS: Mapping[str, tuple[str, ...]] = {
    # Imports TensorFlow.
    "rasa.utils.train_utils": (),
    # Import scikit-learn and scipy.stats; only policies with neural networks call them.
    "rasa.utils.tensorflow.model_data": ("ragged_array_to_ndarray",),
    "rasa.utils.tensorflow.model_data_utils": (),
    # Imports boto3, pymongo and SQLAlchemy; the name is needed in an annotation only.
    "rasa.core.tracker_store": ("TrackerStore",),
    # Imports matplotlib and all of the above; only training's check of the rules calls it.
    "rasa.core.test": (),
    # Imports cryptography, for channels that we do not open.
    "jwt": (),
}
"""Modules to defer, each with the names others take from it by name before anyone calls them."""

PACKAGES: Mapping[str, Mapping[str, str]] = {
    # Its __init__ imports the clients of Slack, Telegram, Twilio, Webex and others.
    "rasa.core.channels": dict.fromkeys(
        ("InputChannel", "OutputChannel", "UserMessage", "CollectingOutputChannel"),
        "rasa.core.channels.channel",
    ),
}
"""Packages whose modules can be imported without their __init__, and where the names it would give are."""

ABSENT = ("redis",)
"""Libraries that others use if they are there, and do without if not."""


class StandIn(types.ModuleType):
    """A module that is imported when something is asked of it that it does not hold."""

    def __init__(self, name: str, promised: tuple[str, ...]) -> None:
        super().__init__(name)
        for own in promised:
            setattr(self, own, _promise(self, own))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.true_module(), name)

    def true_module(self) -> types.ModuleType:
        """Import the module this one stands for."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


class HollowPackage(types.ModuleType):
    """A package whose __init__ has not run; its modules are found all the same."""

    def __init__(self, name: str, homes: Mapping[str, str]) -> None:
        super().__init__(name)
        spec = importlib.util.find_spec(name)
        assert spec is not None
        self.__spec__, self.__path__ = spec, list(spec.submodule_search_locations or ())
        self._homes = homes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._homes:
            raise AttributeError(f"{self.__name__}.{name} is not available in the engine's process.")
        return getattr(importlib.import_module(self._homes[name]), name)


def _promise(stand_in: StandIn, name: str) -> type:
    """Return a class that does for an annotation, and calls the true function when it is called."""

    def call(cls: type, *arguments: Any, **named: Any) -> Any:
        return getattr(stand_in.true_module(), name)(*arguments, **named)

    return type(name, (), {"__new__": call})


def defer() -> None:
    """Put the stand-ins in place; must run before anything else of Rasa is imported."""
    for name in ABSENT:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python's own way to say: not there
    for name, promised in STAND_INS.items():
        _place(StandIn(name, promised))
    for name, homes in PACKAGES.items():
        _place(HollowPackage(name, homes))


def _place(module: types.ModuleType) -> None:
    parent, _, own = module.__name__.rpartition(".")
    sys.modules[module.__name__] = module
    if parent:
        setattr(importlib.import_module(parent), own, module)
