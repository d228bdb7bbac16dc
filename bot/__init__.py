"""Harbour: a helper for trafficked young people, and for the people who help them.

A message walks: gateway -> inbox -> conversation -> engine | relay -> outbox -> gateway.
"""

__version__ = "0.1.0"
