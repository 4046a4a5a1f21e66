"""What the office looks at: published tables of a scope as findings, and the journey."""

from storage.findings import OfficeFindings, office_findings
from storage.journey import Journey, journey
from storage.office import Office, Scope
from storage.settings import Settings
from tui.office.words import scope_name


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
