"""Write studies/examples/living: an invented living review with the version before and two extractions.

Every number is made up; nothing is drawn, so the same bytes come out each time. The studies are those of
``make_update_example.py``: ``previous/`` is the state of 2011, the folder itself the state of 2018 as two
extractors settled it, ``extraction/first`` and ``extraction/second`` what each of them had read.

    python benchmarks/make_living_example.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from make_update_example import FIRST, SECOND, review_file, study_file

FOLDER = Path(__file__).parents[1] / "studies" / "examples" / "living"
MODEL = "method: REML, test: adhoc, level: 0.95"
#: Stem → (what the settled file has, what the extractor had read in its place).
FIRST_READ = {
    "hazel2012": (("n: 385", "n: 358"),),
    "maple2016": (("phase: late", "phase: whole"),),
}
SECOND_READ = {
    "birch2009": (("r: -0.61", "r: -0.16"),),
    "larch2015": (("better: lower", "better: higher"),),
    "maple2016": (("r: -0.58", "r: -0.52"),),
    "willow2017": (("phase: whole", "phase: late"),),
}
#: The second extractor did not find this one.
NOT_FOUND = "linden2008"


def settled_review() -> str:
    """The protocol of the version of 2018, with what it names."""
    text = review_file("peer-reviewed, in-press, dissertation", MODEL)
    text = text.replace("    status: prespecified\n", "    moderators: [phase]\n    status: prespecified\n")
    entered = """\
process:
  extraction: Two invented extractors read every invented paper independently.
  disagreements: Settled by discussion, the invented paper in hand.
  first_extraction: extraction/first
  second_extraction: extraction/second
version:
  number: "2"
  date: 2018-03-01
  mode: living
  triggers: Three new invented studies, or seven years
  previous: "Synthetic Author, S. (2011). Rupture repair and outcome, an invented living review (version 1)."
  previous_files: previous
"""
    return text.replace("note: Synthetic", f"{entered}note: Synthetic")


def _here(text: str, *, deep: int) -> str:
    """The schema's place and the script's name, seen from a folder that lies ``deep`` below the review."""
    up = "../" * (3 + deep)
    return text.replace("../../../../", up).replace("make_update_example", "make_living_example")


def main(folder: Path) -> None:
    """Write the review, the version before and both extractions into ``folder``."""
    files = {"review.yaml": _here(settled_review(), deep=0)}
    before = review_file("peer-reviewed, in-press", "method: DL, test: z, level: 0.95")
    files["previous/review.yaml"] = _here(before, deep=1)
    for study in FIRST:
        files[f"previous/{study.stem}.yaml"] = _here(study_file(study), deep=1)
    for study in SECOND:
        text = study_file(study)
        files[f"{study.stem}.yaml"] = _here(text, deep=0)
        for place, read, coder in (("first", FIRST_READ, "A"), ("second", SECOND_READ, "B")):
            own = _here(text, deep=2).replace("coder: invented", f"coder: {coder}")
            for settled, had in read.get(study.stem, ()):
                assert settled in own, (study.stem, settled)
                own = own.replace(settled, had)
            if (place, study.stem) != ("second", NOT_FOUND):
                files[f"extraction/{place}/{study.stem}.yaml"] = own
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
