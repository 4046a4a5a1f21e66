"""After how long screens that nobody touches do something by themselves, in seconds. Commands and papers say it too."""

WARNING_SECONDS = 30
"""How long the warning stands before a candidate's forgotten screen is cleared."""
STAFF_LOCK_SECONDS = 300
"""Until the staff area locks."""
OFFICE_LOCK_SECONDS = 900
"""Until the office locks."""
