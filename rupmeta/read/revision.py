"""A folder or a file as it stood at a git revision."""

from __future__ import annotations

import io
import posixpath
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rupmeta.errors import UsageError

__all__ = ["Revision", "find_revision"]

_LIST = 8  # tags or entries that an error names


@dataclass(frozen=True, slots=True)
class Revision:
    """``path`` in the repository at ``top`` as of ``commit``; ``shown`` is how messages name it."""

    top: Path
    commit: str
    path: str
    kind: str
    shown: str

    def extract(self, into: Path) -> Path:
        """Write the folder below ``into`` by ``git archive``, or the file into it; return where it is."""
        if self.kind == "blob":
            target = into / posixpath.basename(self.path)
            target.write_bytes(_git(self.top, "cat-file", "blob", f"{self.commit}:{self.path}"))
            return target
        tree = f"{self.commit}:{self.path}" if self.path else self.commit
        packed = _git(self.top, "archive", "--format=tar", tree)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(into, filter="data")
        return into


def find_revision(text: str, *, near: Sequence[Path], path: Path | None = None) -> Revision:
    """The revision that ``REV:path`` names; a bare ``REV`` takes ``path``.

    ``near`` are folders, the first of which that lies in a repository says which one. As for git, a path is
    relative to the top of the repository, or to the folder where it begins with ``./``. Raises ``UsageError``
    when there is no git, no repository, no such revision, or nothing at that path.
    """
    name, colon, inside = text.partition(":")
    top, prefix = _repository(text, near)
    commit = _commit(top, name, text)
    if not colon:
        if path is None:
            raise UsageError(f"{text} names a revision without a folder; write {text}:studies")
        inside = _relative(path, top, text)
    elif inside.startswith(("./", "../")):
        inside = posixpath.normpath(posixpath.join(prefix, inside))
    inside = "" if inside in (".", "") else posixpath.normpath(inside)
    shown = f"{name}:{inside or '.'}"
    kind = _try_git(top, "cat-file", "-t", f"{commit}:{inside}")
    if kind is None:
        where = posixpath.dirname(inside)
        listed = _try_git(top, "ls-tree", "--name-only", f"{commit}:{where}") or ""
        names = listed.split("\n") if listed else []
        advice = f"; {where or 'it'} has {_some(names)}" if names else ""
        raise UsageError(f"there is no {inside} at {name}{advice}")
    return Revision(top, commit, inside, kind, shown)


def _repository(text: str, near: Sequence[Path]) -> tuple[Path, str]:
    for folder in near:
        found = _try_git(folder, "rev-parse", "--show-toplevel")
        if found is not None:
            return Path(found), _try_git(folder, "rev-parse", "--show-prefix") or ""
    raise UsageError(
        f"there is no folder or file {text}, and this is no git repository in which it could be a revision; "
        "name a folder, a results.json, or REV:folder inside a repository"
    )


def _commit(top: Path, name: str, text: str) -> str:
    found = None
    if name and not name.startswith("-"):
        found = _try_git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found is None:
        tags = (_try_git(top, "tag", "--list", "--sort=-creatordate") or "").split()
        advice = f"; its tags are {_some(tags)}" if tags else "; git log lists its revisions"
        raise UsageError(f"there is no folder or file {text}, and no revision {name!r} in git{advice}")
    return found


def _relative(path: Path, top: Path, text: str) -> str:
    try:
        return path.resolve().relative_to(top.resolve()).as_posix()
    except ValueError:
        raise UsageError(f"{path} lies outside the repository; write {text}:folder") from None


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LIST} more" if len(names) > _LIST else ""
    return ", ".join(names[:_LIST]) + more


def _try_git(folder: Path, *arguments: str) -> str | None:
    """The output of a git command as text, None when it fails."""
    done = _run(folder, arguments)
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def _git(folder: Path, *arguments: str) -> bytes:
    done = _run(folder, arguments)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise UsageError(f"git {arguments[0]} failed: {said}")
    return done.stdout


def _run(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("a revision needs git, which is not installed; name two folders instead") from None
