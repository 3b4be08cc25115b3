"""Is a number plausible? One rule, one code, one file per family.

Names: a rule is a function; ``LINTS`` says what its code means; ``lint_folder`` runs them all.
"""

from __future__ import annotations

from rupmeta.lint.run import check_folder, impossible_values, lint_folder, read_sound_folder

__all__ = ["check_folder", "impossible_values", "lint_folder", "read_sound_folder"]
