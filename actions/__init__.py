"""Custom actions, by rasa_sdk: what a response alone cannot say.

In: the tracker. Out: responses by name, and effects as ``json_message={"effect": name, …}``, which the
service carries out. Does not belong here: text, the database, the network.
"""
