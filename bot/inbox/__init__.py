"""Each update once, in order per conversation, and none lost.

In: raw updates from the gateway and timers that came due, both already committed by storage (`ports.py`).
Out: one call of the handler per row, lanes side by side (`workers.py`).
Not here: what an update says or means, and how rows are kept.
"""
