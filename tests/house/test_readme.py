"""Every command of the README runs and prints what the README shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from pages import ROOT, blocks, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)\n```", README, flags=re.DOTALL)


def test_the_tour_is_there() -> None:
    commands = {block.command.split()[1] for block in blocks(README)}
    assert commands == {"check", "screen", "effects", "pool", "moderators", "plot", "convert", "report"}


def test_two_commands_and_no_more() -> None:
    """Both make a virtual environment of their own; the tests of this run are the second one's last part."""
    assert len(SHELL) == 2
    assert [command.split(" && ")[0] for command in SHELL] == [
        "python3 -m venv .venv",
        "python3 -m venv .venv-test",
    ]
    assert SHELL[1].endswith("-m pytest -n auto")


def test_the_first_command_draws_the_forest_plot(tmp_path: Path) -> None:
    main_job = SHELL[0].split(" && ")[-1].removeprefix(".venv/bin/rupmeta ").split()
    result = subprocess.run(
        [sys.executable, "-m", "rupmeta", *main_job[:-1], str(ROOT / main_job[-1])],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "Pooled (k = 3)" in result.stdout
    assert (tmp_path / "repair-forest.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_the_study_file_of_the_readme_is_sound(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    assert example is not None
    (tmp_path / "author2018.yaml").write_text(example[1], encoding="utf-8")
    assert "1 file: 0 errors, 0 warnings" in run(f"rupmeta check {tmp_path}", ROOT)


def test_every_page_that_it_names_exists() -> None:
    for link in re.findall(r"\]\(((?:docs|CITATION)[^)#]*)\)", README):
        assert (ROOT / link).is_file(), link
