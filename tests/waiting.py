"""How long tests wait for what must happen: on a busy computer everything takes its time."""

WAIT = 120
"""Seconds after which a test gives up."""
