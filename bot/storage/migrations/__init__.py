"""Alembic's steps, run by ``bot.storage.schema``; each comes with tests of awkward rows, up and down."""
