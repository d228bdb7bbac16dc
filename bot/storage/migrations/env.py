"""Run migrations on the connection that ``bot.storage.schema`` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from bot.storage.tables import metadata


def run() -> None:
    """Configure and run; the transaction is the caller's, so a failure leaves no half state."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
