"""Sentences of screens and commands."""
