"""The office: its commands, its words and its screens."""
