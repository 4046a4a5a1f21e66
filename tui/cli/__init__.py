"""The commands. They load no screens before one is wanted."""
