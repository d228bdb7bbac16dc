"""What can go wrong, by name. Each error carries its remedy and never anyone's words."""

from __future__ import annotations


class HarbourError(Exception):
    """Base of every error we raise. ``remedy`` tells an operator what to do next."""

    def __init__(self, what: str, *, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class SettingsError(HarbourError):
    """A setting is missing, malformed, or contradicts another."""


class KeyMissing(HarbourError):
    """The key file is missing, unreadable or not one of ours: we do not start without it."""


class SealBroken(HarbourError):
    """A sealed field was altered, moved to another row, or sealed with a key we do not hold."""


class DatabaseUnfit(HarbourError):
    """The database cannot be used: damaged, full, unreachable, or not migrated."""


class Conflict(HarbourError):
    """Someone else changed the row first; load again and decide again."""


class UnreadableUpdate(HarbourError):
    """An update that cannot be read; it is set aside, and the next one goes on."""


class EngineDown(HarbourError):
    """The engine gave no answer: not loaded, over its deadline, or gone. The menu still works."""


class ModelUnfit(HarbourError):
    """A model file is missing, altered, or does not load; the last good one stays."""


class SecondCopy(HarbourError):
    """Another `harbour run` already uses this database or this token."""


class BadCatalogue(HarbourError):
    """A response or a translation is missing, or its placeholders differ from the English."""


class TelegramRefused(HarbourError):
    """Telegram said no for good; ``reason`` is one of the gateway's fixed words."""

    def __init__(self, reason: str, *, remedy: str = "") -> None:
        super().__init__(f"Telegram refused: {reason}.", remedy=remedy)
        self.reason = reason
