"""What tests and the page may do: act as people, move time, plan faults, and look at everything.

In: JSON at `/standin/...`. Out: JSON, and a stream that says when the world changed.
Not here: the Bot API; the bot under test never comes through this door.
"""
