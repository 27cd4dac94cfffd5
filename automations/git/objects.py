"""Reads and writes git's objects: blobs, trees and commits. Nothing here moves a ref, so nothing here can be lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from automations.git.author import BOT, GitAuthor
from automations.git.naming import trailers_from_message
from automations.git.plumbing.git_command import GitCommand
from automations.git.plumbing.object_batch import ask_for_objects
from schemas.errors import Damaged


class GitObjects(GitCommand):
    """The objects of one repository."""

    def resolve(self, revision: str) -> str | None:
        """The commit that `revision` names, or None."""
        status, out, _ = self.try_git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return out.decode().strip() if status == 0 else None

    def tip(self, ref: str) -> str | None:
        """The commit of a ref, None where there is no such ref; Damaged where its commit cannot be read."""
        commit = self.resolve(ref)
        if commit is None and self._is_there(ref):
            raise Damaged(f"{ref} in {self.path} cannot be read; bring it back from a clone, the remote or a backup.")
        return commit

    def _is_there(self, ref: str) -> bool:
        """Also as a file in which no commit stands, as after a power cut."""
        try:
            return (self.path / ref).is_file() or bool(self.git("for-each-ref", "--format=%(refname)", ref))
        except OSError:
            return False  # no file, and so no ref, has a name that long

    def list_files(self, commit: str) -> dict[str, str]:
        """Path to blob sha of every file in a commit."""
        listing = self.git("ls-tree", "-r", "-z", commit).decode("utf-8", "surrogateescape")
        rows = (row.split("\t", 1) for row in listing.split("\0") if row)
        return {path: meta.split()[2] for meta, path in rows if meta.split()[1] == "blob"}

    def blob_sha(self, commit: str, path: str) -> str | None:
        """The blob sha of `path` in a commit, or None."""
        status, out, _ = self.try_git("rev-parse", "--verify", "--quiet", f"{commit}:{path}")
        return out.decode().strip() if status == 0 else None

    def resolve_objects(self, *names: str, leave_out_damaged: bool = False) -> list[str | None]:
        """What refs and `commit:path` names mean, None for what is not there; one process for all."""
        answers = ask_for_objects(self, names, content=False, leave_out_damaged=leave_out_damaged)
        return [answer.sha if answer and answer.kind in ("blob", "commit") else None for answer in answers]

    def read_file(self, commit: str, path: str) -> bytes | None:
        """The content of `path` in a commit, or None."""
        return self.read_objects([f"{commit}:{path}"])[0]

    def read_objects(self, names: Sequence[str], leave_out_damaged: bool = False) -> list[bytes | None]:
        """The contents of objects (`sha` or `commit:path`), None for what is not there; one process for all.

        Damaged where one cannot be read; with `leave_out_damaged` that one is None.
        """
        answers = ask_for_objects(self, names, leave_out_damaged=leave_out_damaged)
        return [answer.content if answer else None for answer in answers]

    def read_trailers(self, commit: str) -> dict[str, str]:
        """The trailers of one commit's message."""
        return trailers_from_message(self.git("log", "-1", "--format=%B", commit).decode("utf-8", "replace"))

    def is_ancestor(self, old: str, new: str) -> bool:
        status, _, _ = self.try_git("merge-base", "--is-ancestor", old, new)
        return status == 0

    def write_blobs(self, contents: Sequence[bytes]) -> list[str]:
        """The shas of contents written as blobs, in order; one process for all."""
        if not contents:
            return []
        with TemporaryDirectory(prefix="nightshift-") as folder:
            paths = [Path(folder) / str(number) for number in range(len(contents))]
            for path, content in zip(paths, contents, strict=True):
                path.write_bytes(content)
            listing = "".join(f"{path}\n" for path in paths).encode()
            return self.git("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listing).decode().split()

    def write_tree(self, base: str | None, changes: Mapping[str, bytes | None]) -> str:
        """The tree of `base` (a commit or tree; None: empty) with some files set, or with None removed.

        Only the folders on the way are read and written, so the cost does not grow with the number of files.
        """
        contents = {path: data for path, data in changes.items() if data is not None}
        written = dict(zip(contents, self.write_blobs(list(contents.values())), strict=True))
        return self.write_tree_from_blobs(base, {path: written.get(path) for path in changes})

    def write_tree_from_blobs(self, base: str | None, blobs: Mapping[str, str | None]) -> str:
        """As `write_tree`, from the shas of blobs that are there already."""
        if base and not blobs:
            return f"{base}^{{tree}}"
        return (
            self._write_tree(base, {PurePosixPath(path): blob for path, blob in blobs.items()})
            or self.git("mktree", stdin=b"").decode().strip()
        )

    def _write_tree(self, base: str | None, blobs: Mapping[PurePosixPath, str | None]) -> str | None:
        entries = self._list_tree(base) if base else {}
        below: dict[str, dict[PurePosixPath, str | None]] = {}
        for path, blob in blobs.items():
            name, *rest = path.parts
            if rest:
                below.setdefault(name, {})[PurePosixPath(*rest)] = blob
            elif blob is None:
                entries.pop(name, None)
            else:
                entries[name] = f"100644 blob {blob}"
        for name, inner in below.items():
            existing = entries.pop(name, "")
            tree = self._write_tree(existing.split()[2] if existing.startswith("040000") else None, inner)
            if tree:
                entries[name] = f"040000 tree {tree}"
        if not entries:
            return None
        listing = "".join(f"{meta}\t{name}\0" for name, meta in entries.items())
        return self.git("mktree", "-z", stdin=listing.encode("utf-8", "surrogateescape")).decode().strip()

    def _list_tree(self, tree: str) -> dict[str, str]:
        listing = self.git("ls-tree", "-z", tree).decode("utf-8", "surrogateescape")
        return {name: meta for meta, name in (row.split("\t", 1) for row in listing.split("\0") if row)}

    def commit(self, tree: str, parents: Iterable[str], message: str, author: GitAuthor, at: datetime) -> str:
        """A commit object; no ref points at it until `update_refs`. The bot is the committer, `at` the date of both."""
        date = f"{int(at.timestamp())} +0000"
        environment = {
            "GIT_AUTHOR_NAME": _clean_author_field(author.name) or "Unknown",
            "GIT_AUTHOR_EMAIL": _clean_author_field(author.email) or "unknown@localhost",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": BOT.name,
            "GIT_COMMITTER_EMAIL": BOT.email,
            "GIT_COMMITTER_DATE": date,
        }
        options = [option for parent in parents for option in ("-p", parent)]
        out = self.git("commit-tree", tree, *options, stdin=message.encode("utf-8", "replace"), environment=environment)
        return out.decode().strip()


def _clean_author_field(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c not in "<>").strip()
