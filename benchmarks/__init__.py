"""Harbour beside stock Rasa, measured in one run: `python -m benchmarks`, or `make bench`.

In: the project's own examples, rules and actions. Out: figures, their ratios, and a dated entry in
`docs/benchmarks.md`. Does not belong here: anything the service needs.
"""
