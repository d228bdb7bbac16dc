"""Commands: what an operator types. Each command is one small module; `cli.py` names them all.

In: arguments and settings. Out: text for a human, or JSON Lines for a program. Not here: rules.
"""
