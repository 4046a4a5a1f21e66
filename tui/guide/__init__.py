"""The guide, on screens."""
