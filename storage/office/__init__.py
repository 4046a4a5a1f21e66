"""The coordinator's machine: what was brought in, who is in which group, and the tables of every scope."""
