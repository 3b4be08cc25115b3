"""What every test may lean on."""

from __future__ import annotations

import sys
from pathlib import Path

# Helper modules beside this file are imported by name; tests themselves are collected in importlib mode.
sys.path.insert(0, str(Path(__file__).parent))
