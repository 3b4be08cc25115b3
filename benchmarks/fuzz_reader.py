"""Can any file make the reader fail, hang or accept nonsense? Bytes, spoilt good files, and YAML trees.

Every input is read as a study and checked, as ``rupmeta check`` does. It fails when anything is raised, when
it takes longer than two seconds, when a finding has no address or message, when two runs differ (every
hundredth input is run twice), or when a study is accepted (no error) that a second look finds impossible:
a number that is not finite, a correlation outside ±1, people or spreads that are not positive, an effect
without a place in the paper. Run ``python benchmarks/fuzz_reader.py 100000 1``: inputs and seed.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from rupmeta.errors import UsageError
from rupmeta.pipeline.load import examine_review
from rupmeta.read.study import Study

ROOT = Path(__file__).parents[1]
SLOW = 2.0
#: Files are written here, if there is such a place, so that the disk is not what is measured.
MEMORY = Path("/dev/shm")

TOKENS = [
    "{", "}", "[", "]", ": ", ":", ", ", ",", "- ", "-", "?", "!", "!!float ", "&a ", "*a",
    "|\n", ">\n", "#", "%",
    "@", "`", "'", '"', "\n", "\n  ", "\n      ", "\t", "\u2212", "\u00a0", "\u202e",
    "\u4e2d\u6587", "\ufeff", "\x00",
    "\x1b[31m", "\x85", "\u2028", "<<: ", "---\n", "...\n", ".nan", "-.inf", "1e999", "0x1F",
    "012", "1_000", "1:30",
    "yes", "null", "~", "0,29", "1,314", ".29*", "12 (3.4)", "10%", "<.001", "ns", "n/a", "1e-400", "9" * 400,
    "effects", "reported", "r", "n", "ci", "[1, 2]", "[0,10, 0,80]", "{r: .3, n: 3}",
    "accept", "=1+1", "[sic]",
]  # fmt: skip
NUMBERS = [
    "0",
    "-1",
    "1",
    "1.4",
    "-.0",
    "1e308",
    "-1e308",
    "1e-308",
    "99999999999999999999",
    ".5",
    "3",
    "2",
    "0.0",
]
KEYS = sorted(
    set(Study.model_fields)
    | {
        "id",
        "outcome",
        "source",
        "where",
        "name",
        "kind",
        "better",
        "reported",
        "scale",
        "min",
        "max",
        "step",
    }
)


def seeds() -> list[str]:
    """Good and faulty files of the project."""
    paths = [*ROOT.glob("studies/**/*.yaml"), *ROOT.glob("tests/lint/cases/*.yaml")]
    return [path.read_text(encoding="utf-8") for path in sorted(paths) if path.name != "review.yaml"]


def spoil(text: str, rng: random.Random) -> bytes:
    """A good file with one to six changes."""
    for _ in range(rng.randrange(1, 7)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(7):
            case 0:
                text = text[:at] + rng.choice(TOKENS) + text[at:]
            case 1:
                text = text[:at] + text[at + rng.randrange(1, 9) :]
            case 2:
                lines = text.split("\n")
                lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
                text = "\n".join(lines)
            case 3:
                lines = text.split("\n")
                del lines[rng.randrange(len(lines))]
                text = "\n".join(lines)
            case 4:
                words = text.split(" ")
                words[rng.randrange(len(words))] = rng.choice([*TOKENS, *NUMBERS, *KEYS])
                text = " ".join(words)
            case 5:
                digits = [i for i, char in enumerate(text) if char.isdigit()]
                if digits:
                    i = rng.choice(digits)
                    text = text[:i] + rng.choice([*NUMBERS, "", "-"]) + text[i + 1 :]
            case 6:
                text = (
                    text[:at] + chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x110000)])) + text[at:]
                )
    return text.encode("utf-8", "surrogatepass")


def tree(rng: random.Random, depth: int = 0) -> Any:
    roll = rng.random()
    if depth > 4 or roll < 0.5:
        return rng.choice(
            [None, True, 0, -3, 0.29, 1.4, 154, "r", "lower", "x", "", ".3", "<.05", 1e300, "a: b"]
        )
    if roll < 0.7:
        return [tree(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {
        rng.choice([*KEYS, "r", "n", "t", "df", "p", "d", "ci"]): tree(rng, depth + 1)
        for _ in range(rng.randrange(5))
    }


def study_tree(rng: random.Random) -> bytes:
    """A YAML tree with the outline of a study."""
    values = {"citation": "Ek (2018).", "relation": "repair-outcome"} if rng.random() < 0.7 else {}
    for _ in range(rng.randrange(5)):
        values[rng.choice(KEYS)] = tree(rng)
    if rng.random() < 0.7:
        names = [
            *Study.model_fields["effects"]
            .annotation.__args__[0]
            .model_fields["reported"]
            .annotation.__args__[0]
            .model_fields
        ]
        route = {
            rng.choice(names): rng.choice(
                [0.3, -0.3, 1, 40, 60, 3, 0, -2, 1.5, "<.01", [0.1, 0.5], None, "repair"]
            )
            for _ in range(rng.randrange(1, 7))
        }
        values["effects"] = [
            {
                "id": "a",
                "outcome": {"name": "x", "kind": "symptoms", "better": "lower"},
                "reported": [route],
                "source": {"where": "T1"},
            },
        ]
    return yaml.dump(
        values,
        Dumper=yaml.CSafeDumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=rng.choice([True, False, None]),
    ).encode()


def nonsense(study: Study) -> str | None:
    """Why an accepted study should not have been accepted; None if it may."""
    for effect in study.effects:
        if not effect.source.where or effect.outcome.better not in ("lower", "higher"):
            return "an effect without place or direction"
        for route in effect.reported:
            values = {name: getattr(route, name) for name in route.keys_given()}
            for name, value in values.items():
                if isinstance(value, float) and not math.isfinite(value):
                    return f"{name} is {value}"
            cells = {"a", "b", "c"} <= set(values)
            for name in ("r", "spearman", "partial_r", "phi", "pre_post_r"):
                if abs(values.get(name, 0)) >= 1:
                    return f"{name} = {values[name]}"
            for name in ("n", "n1", "n2", "vi", "sei", "se", "se1", "se2", "sd_pooled"):
                if values.get(name, 1) <= 0:
                    return f"{name} = {values[name]}"
            if not cells and isinstance(values.get("p"), float) and not 0 < values["p"] <= 1:
                return f"p = {values['p']}"
            low, high = values.get("ci", (0, 1))
            if low >= high:
                return f"ci = {values['ci']}"
    return None


def run(raw: bytes, folder: Path) -> tuple[tuple[str, ...], bool]:
    """The findings, and whether the file is accepted; raises what the reader raises."""
    (folder / "a.yaml").write_bytes(raw)
    read, problems = examine_review(folder)
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
    if not any(problem.severity == "error" for problem in problems):
        assert len(read.studies) == 1, "neither read nor refused"
        reason = nonsense(read.studies[0].study)
        assert reason is None, f"accepted: {reason}"
        return tuple(map(str, problems)), True
    return tuple(map(str, problems)), False


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    good = seeds()
    kinds: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    failed = 0
    slowest = 0.0
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        for number in range(many):
            kind = rng.choices(["spoilt file", "tree", "bytes"], [6, 3, 1])[0]
            raw = (
                spoil(rng.choice(good), rng) if kind == "spoilt file"
                else study_tree(rng) if kind == "tree"
                else rng.randbytes(rng.randrange(200))
            )  # fmt: skip
            kinds[kind] += 1
            begun = time.perf_counter()
            try:
                found, sound = run(raw, Path(name))
                accepted[kind] += sound
                assert number % 100 or run(raw, Path(name)) == (found, sound), "two runs differ"
                assert time.perf_counter() - begun < SLOW, "slow"
            except UsageError:
                raise
            except Exception:  # whatever it is, it is what is looked for
                failed += 1
                if failed <= 5:
                    print(f"--- input {number} ({kind}): {raw[:3000]!r}")
                    traceback.print_exc(limit=-3, file=sys.stdout)
            slowest = max(slowest, time.perf_counter() - begun)
    spent = time.perf_counter() - start
    print(f"{many} inputs in {spent:.0f} s, slowest {1000 * slowest:.0f} ms: {failed} failures")
    for kind, times in sorted(kinds.items()):
        print(f"  {kind}: {times}, of which accepted {accepted[kind]}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
