"""The entry point of ``rupmeta`` and ``python -m rupmeta``."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    raise NotImplementedError


if __name__ == "__main__":
    main()
