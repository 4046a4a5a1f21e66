"""What is asked and what is said: data files, and the typed models that load them.

Wording lives in data (`survey/*.toml` and its neighbours), so that it can be read, corrected and translated without
reading Python. Each module beside the data describes the shape of one kind of file, refuses a file that does not have
it, and hands it on as immutable values.

This package imports nothing else of the project. It keeps nothing and draws nothing.
"""
