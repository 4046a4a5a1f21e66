"""Speed as ratios; never part of the tests."""
