"""Every migration runs on both databases."""

from tests.support.databases import database_url, postgres

__all__ = ["database_url", "postgres"]
