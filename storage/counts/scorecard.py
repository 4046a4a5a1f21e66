"""The scorecard: where every target stands, and each group's conversion from stage to stage. It has no single score."""

from __future__ import annotations

from storage.counts.conversion import ConversionFinding
from storage.counts.shares import Part
from storage.counts.targets import TargetFinding

FORMAT = "fairstart scorecard 1"


class Scorecard(Part, frozen=True):
    """All of it."""

    format: str
    as_of: str
    """The day for which it was worked out."""
    targets: tuple[TargetFinding, ...]
    conversions: tuple[ConversionFinding, ...]
