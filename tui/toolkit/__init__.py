"""The toolkit's screens and commands."""
