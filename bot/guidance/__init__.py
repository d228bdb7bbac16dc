"""Guidance: services, numbers and danger facts, each with its source.

In: the YAML of the top-level folder `guidance/`. Out: placeholder values for the words.
Not here: sentences for young people (they are responses in `stories/domain/`).
"""
