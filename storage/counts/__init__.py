"""What may be shown, as pure functions: exact tallies, noise, published tables, intervals, findings, the journey."""
