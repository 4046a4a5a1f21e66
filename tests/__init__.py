"""The tests. A package of its own, because a dependency installs another one by this name."""
