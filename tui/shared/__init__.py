"""Screens that staff, office and toolkit have in common."""
