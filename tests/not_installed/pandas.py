"""In place of pandas, which is there to test with: sqlite-utils would load it, and nobody who uses Fairstart has it."""

raise ImportError
