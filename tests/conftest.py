"""What holds for all tests."""

import gc

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.content", "tests.storage", "tests.tui")

# A slow computer is no failure. The rest is as usual: in CI, the same examples on every run.
settings.register_profile("without deadline", settings(), deadline=None)
settings.load_profile("without deadline")


def pytest_collection_finish() -> None:
    """Let the collector pass over all that was imported: it would look through it again and again."""
    gc.collect()
    gc.freeze()
