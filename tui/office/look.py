"""What the office looks at: published tables of a scope as findings, and the journey."""

import datetime as dt

from msgspec.structs import replace

from content.toolkit import load_toolkit
from storage.findings import OfficeFindings, office_findings
from storage.journey import Journey, journey
from storage.office import Office, Scope
from storage.report.report import Lead, Report, report_of
from storage.settings import Settings
from tui.office.words import scope_name

_JOURNEY = 2
"""Stages that make one, at least."""


def findings_of(office: Office, scope: Scope, settings: Settings) -> OfficeFindings:
    """Everything that may be said of a scope.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    counts = office.counts(scope, settings.counts.threshold)
    value = scope_name(scope, office.events()) if scope.kind != "all" else ""
    return office_findings(counts, scope.kind, value, settings.benchmarks)


def journey_of(office: Office, settings: Settings) -> Journey:
    """The journey through the stages that events were brought in for.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    return journey(office.stages(settings.counts.threshold))


def report_of_scope(office: Office, scope: Scope, settings: Settings, lead: Lead, today: dt.date) -> Report:
    """The report about a scope.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    found = findings_with_journey(office, scope, settings)
    return report_of(load_toolkit(), settings, found, lead=lead, made=today)


def findings_with_journey(office: Office, scope: Scope, settings: Settings) -> OfficeFindings:
    """The same as `findings_of`; of all events together, with the journey where they are of two stages or more.

    Raises:
        StoreError: the office's store cannot be read or written.
    """
    found = findings_of(office, scope, settings)
    if scope != Scope() or len({event.stage for event in found.events}) < _JOURNEY:
        return found
    return replace(found, journey=journey_of(office, settings))
