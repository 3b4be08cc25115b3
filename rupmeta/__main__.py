"""The entry point of ``rupmeta`` and ``python -m rupmeta``."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line."""
    # One thread: matrices here are small, and results must not depend on the number of processors.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Start-up makes many objects and no garbage: looking for some takes a tenth of the time.
    gc.set_threshold(100_000, 50, 50)
    # Nothing here uses plugins of pydantic; looking for them reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from rupmeta.cli.app import build_app

    # Completion asks through an environment variable and needs every command.
    arguments = () if "_RUPMETA_COMPLETE" in os.environ else sys.argv[1:]
    build_app(arguments)()


if __name__ == "__main__":
    main()
