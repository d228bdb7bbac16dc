"""Understanding: Rasa graph components, one a file, named in `config.yml`.

In: a message's text. Out: its intent with a ranking, its language, and a danger flag. Does not belong
here: dialogue, words, storage, or anything that keeps a message.
"""
