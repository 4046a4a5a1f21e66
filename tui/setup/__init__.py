"""The screens that prepare a laptop."""
