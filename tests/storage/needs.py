"""What tests need that does not come with Python."""

import os
from typing import NoReturn

import pytest

ALL_PROGRAMS = "FAIRSTART_ALL_PROGRAMS"
"""The variable that says that every program is here, as in `.ci/run`."""


def not_tested(reason: str) -> NoReturn:
    """Skip the test and say why; where everything should be installed, fail it."""
    told = f"NOT TESTED: {reason}"
    if os.environ.get(ALL_PROGRAMS):
        pytest.fail(told, pytrace=False)
    pytest.skip(told)
