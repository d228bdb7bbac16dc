"""What a model understands, measured on lines it has never seen.

In: the held-out split of `tests/understanding/`, and an engine to ask. Out: figures, a report, a comparison.
Nothing here is ever told what a young person wrote: the lines are invented.
"""
