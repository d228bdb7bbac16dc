"""Events are caught, not printed."""

from tests.support.quiet_logs import events

__all__ = ["events"]
