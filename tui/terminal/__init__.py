"""The terminal: what it can do, what it must not allow, and how it is coloured."""
