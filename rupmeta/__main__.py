"""The entry point of ``rupmeta`` and ``python -m rupmeta``."""

from __future__ import annotations

import os


def main() -> None:
    """Run the command line."""
    # One thread: matrices here are small, and results must not depend on the number of processors.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from rupmeta.cli.app import app

    app()


if __name__ == "__main__":
    main()
