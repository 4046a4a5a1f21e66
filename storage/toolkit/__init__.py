"""What is kept of the toolkit: the checklist, progress and search."""
