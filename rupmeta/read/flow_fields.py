"""The boxes of the PRISMA 2020 flow diagram that ``review.yaml`` may state."""

from __future__ import annotations

__all__ = ["FLOW_FIELDS", "FLOW_TEXTS"]

#: The boxes of the PRISMA 2020 flow diagram, named as in the CSV of the PRISMA2020 package.
FLOW_FIELDS = (
    "previous_studies", "previous_reports", "database_results", "database_specific_results",
    "register_results", "register_specific_results", "website_results", "organisation_results",
    "citations_results", "duplicates", "excluded_automatic", "excluded_other", "records_screened",
    "records_excluded", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed",
    "dbr_excluded", "other_sought_reports", "other_notretrieved_reports", "other_assessed",
    "other_excluded", "new_studies", "new_reports", "total_studies", "total_reports",
    "total_studies_ma", "total_reports_ma",
)  # fmt: skip

#: Boxes that hold words: names of databases, reasons with their counts.
FLOW_TEXTS = frozenset(
    {"database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded"}
)
