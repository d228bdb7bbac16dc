"""Every store contract runs on both databases."""

from tests.support.databases import database_url, postgres, postgres_shelf, shelf

__all__ = ["database_url", "postgres", "postgres_shelf", "shelf"]
