"""The guides to living reviews, agreement and power print what the commands print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from pages import ROOT


@pytest.mark.parametrize(
    "script", ["make_update_example.py", "make_double_example.py", "make_living_example.py"]
)
def test_the_script_writes_the_example_that_is_committed(script: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "benchmarks" / script), str(tmp_path)], check=True)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    name = script.removeprefix("make_").removesuffix("_example.py")
    folder = ROOT / "studies" / "examples" / name
    assert written == {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.yaml")}
    assert all(b"synthetic: true" in text for path, text in written.items() if path.name != "review.yaml")
