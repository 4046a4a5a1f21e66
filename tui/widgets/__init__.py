"""Building blocks that more than one screen uses."""
