"""A local cache of one repository, and exact commits out of it."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Collection, Generator
from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.repository import repository_key
from fraisier.effects.files import (
    locked,
    make_private_folder,
    never,
    remove_tree,
    write_atomically,
)
from fraisier.effects.process import Completed
from fraisier.git.command import Git, address_of
from fraisier.git.transient import UnreachableError, is_transient

FETCH_SECONDS_MAX = 600.0
STALE_SECONDS = 10.0  # a worker that stands still is taken over; git locks what must be
VERSION_DIGITS = 12

_COMMIT = re.compile(r"[0-9a-f]{4,64}")
_HEAD = "refs/fraisier/HEAD"
_KEPT = "refs/fraisier/kept/"
_REFS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", f"+HEAD:{_HEAD}")


class Repository:
    """
    A bare cache below ``<state_folder>/repositories``, safe to use from several processes.

    ``repository`` is a path, or a ``file``, ``http(s)``, ``ssh`` or ``git`` address.
    Credentials in it appear in no argument list and no error. Nothing that a
    repository or the user's own git configuration contains is run.

    Raises (every method):
        FraisierError: ``fetch-failed``, ``tool-missing``, ``step-timeout``.
        Stopped: ``should_stop`` became true.
    """

    def __init__(
        self,
        repository: str,
        state_folder: Path,
        *,
        secrets: Collection[str] = (),
        should_stop: Callable[[], bool] = never,
        seconds: float = FETCH_SECONDS_MAX,
    ) -> None:
        self._seconds = seconds  # of one call of git
        folder = make_private_folder(state_folder / "repositories")
        self._folder = folder / f"{_folder_name(repository)}.git"
        self._lock = folder / f"{_folder_name(repository)}.lock"
        self._should_stop = should_stop
        address = address_of(_absolute(repository))
        self._secrets = frozenset(secrets) | address.secrets
        trusted = folder / "trusted.gitconfig"
        self._git = Git(self._folder, address, trusted, frozenset(secrets), should_stop)
        if not trusted.exists():  # the operator named the repository: who owns it does not matter
            write_atomically(trusted, "[safe]\n\tdirectory = *\n")

    def fetch(self) -> None:
        """Bring the cache up to date: all branches and tags as the remote has them now."""
        with self._exclusively():
            self._prepare()
            fetched = self._fetch(*_REFS)
            if not fetched.ok and not self._intact():
                self._start_over()
                fetched = self._fetch(*_REFS)
            if not fetched.ok and _no_head(fetched):
                self._git.ask("update-ref", "-d", _HEAD)  # what it was is not what it is
                fetched = self._fetch(*_REFS[:2])
        if not fetched.ok:
            raise self._failed("cannot fetch the repository", fetched)

    def resolve(self, *, commit: str | None = None, branch: str | None = None) -> str:
        """
        The full id of the commit asked for: that commit, else the branch (or tag) of
        this name, else what the remote's HEAD points at. Call :meth:`fetch` first.

        Raises:
            FraisierError: ``unknown-commit``.
        """
        if commit is not None:
            return self._resolve_commit(commit.lower())
        if branch is None:
            found = self._look_up(_HEAD)
            what = "has no commits"
        else:
            found = self._named(f"refs/heads/{branch}") or self._named(f"refs/tags/{branch}")
            what = f'has no branch or tag "{branch}"'
        if found is None:
            raise FraisierError(f"the repository {what}", code="unknown-commit")
        return found

    def has(self, commit: str) -> bool:
        """Whether the cache has the commit already."""
        return (self._folder / "HEAD").exists() and self._look_up(commit) is not None

    def version_of(self, commit: str) -> str:
        """The tag on this commit (the highest version of several), else its first 12 digits."""
        tags = self._git.ask("tag", "--points-at", commit, "--sort=-version:refname").stdout
        return tags.partition("\n")[0].strip() or commit[:VERSION_DIGITS]

    def tree_of(self, commit: str) -> str:
        """Digest of all files of the commit: ``git-tree:<hex>``."""
        return f"git-tree:{self._look_up(commit, 'tree')}"

    def export(self, commit: str, folder: Path) -> None:
        """
        Write the files of exactly this commit into a new folder, without a ``.git``.

        The commit is kept in the cache from then on, even if the remote drops it.
        """
        failed = self._write_out(commit, folder)
        if failed is not None and not self._intact():
            with self._exclusively():
                self._start_over()
                self._fetch(*_REFS)
            self._resolve_commit(commit)
            failed = self._write_out(commit, folder)
        if failed is not None:
            raise self._failed(f"cannot export {commit[:VERSION_DIGITS]}", failed)

    def _write_out(self, commit: str, folder: Path) -> Completed | None:
        """Write the files; how git failed, if it did."""
        remove_tree(folder)
        folder.mkdir(parents=True)
        index = folder.with_name(f".{folder.name}.index")
        where = {"GIT_INDEX_FILE": str(index), "GIT_WORK_TREE": str(folder)}
        try:
            with self._exclusively():
                done = self._git.ask("update-ref", f"{_KEPT}{commit}", commit)
            for arguments in (("read-tree", commit), ("checkout-index", "--all", "--force")):
                if done.ok:
                    done = self._git(*arguments, timeout_seconds=self._seconds, **where)
        finally:
            index.unlink(missing_ok=True)
        return None if done.ok else done

    def _start_over(self) -> None:
        remove_tree(self._folder)
        self._prepare()

    def _resolve_commit(self, commit: str) -> str:
        if not _COMMIT.fullmatch(commit):
            raise FraisierError(f'"{commit}" is not a commit', code="unknown-commit")
        if len(commit) < 40:
            return self._resolve_short(commit)
        found = self._look_up(commit)
        if found is None:
            with self._exclusively():  # no branch has it; some forges give it when asked by name
                self._fetch(f"+{commit}:{_KEPT}{commit}")
            found = self._look_up(commit)
        if found is None:
            raise _no_commit(commit)
        return found

    def _resolve_short(self, start: str) -> str:
        """The one commit that begins so; a branch or tag of that name is none."""
        objects = self._git.ask("rev-parse", f"--disambiguate={start}").stdout.split()
        found = [name for name in objects if self._look_up(name) == name]
        if len(found) > 1:
            raise FraisierError(f"{len(found)} commits begin with {start}", code="unknown-commit")
        if not found:
            raise _no_commit(start)
        return found[0]

    def _named(self, reference: str) -> str | None:
        """The commit of exactly this branch or tag; ``main~1`` or ``main^`` is none."""
        if not reference.isprintable():
            return None
        shown = self._git.ask("show-ref", "--verify", "--hash", reference)
        return self._look_up(shown.stdout.strip()) if shown.ok else None

    def _look_up(self, name: str, kind: str = "commit") -> str | None:
        found = self._git.ask(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{{kind}}}"
        )
        digits = found.stdout.strip()
        return digits if found.ok and _COMMIT.fullmatch(digits) else None

    def _fetch(self, *refs: str) -> Completed:
        return self._git("fetch", "--prune", "--no-tags", "--force", "--quiet",
                         "--no-write-fetch-head", "origin", *refs,
                         timeout_seconds=self._seconds)  # fmt: skip

    def _prepare(self) -> None:
        """Make the cache when there is none, and clear what a killed git left locked."""
        if not (self._folder / "HEAD").exists():
            remove_tree(self._folder)
            made = self._git.ask("init", "--bare", "--quiet", "--template=")
            if not made.ok:
                raise self._failed("cannot make the repository cache", made)
        for name in ("*.lock", "objects/pack/tmp_*", "refs/**/*.lock"):
            for left in self._folder.glob(name):
                left.unlink(missing_ok=True)

    def _intact(self) -> bool:
        return self._git("fsck", "--no-dangling", timeout_seconds=self._seconds).ok

    @contextlib.contextmanager
    def _exclusively(self) -> Generator[None]:
        try:
            with locked(
                self._lock,
                timeout_seconds=self._seconds,
                should_stop=self._should_stop,
                stale_seconds=STALE_SECONDS,
            ):
                yield
        except TimeoutError as error:
            raise FraisierError("the repository cache is busy", code="fetch-failed") from error

    def _failed(self, what: str, done: Completed) -> FraisierError:
        message = redact(f"{what}: git {done.describe()}", self._secrets)
        kind = UnreachableError if is_transient(done.tail) else FraisierError
        return kind(message, code="fetch-failed")


def _no_commit(commit: str) -> FraisierError:
    message = f"the repository has no commit {commit[:VERSION_DIGITS]}"
    return FraisierError(message, code="unknown-commit")


def _absolute(repository: str) -> str:
    """A path that does not depend on the folder from which Fraisier was started."""
    if "://" in repository or (":" in repository and not repository.startswith(("/", "."))):
        return repository
    return str(Path(repository).expanduser().absolute())


def _folder_name(repository: str) -> str:
    key = repository_key(_absolute(repository))
    readable = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[-40:]
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _no_head(fetched: Completed) -> bool:
    return any("couldn't find remote ref HEAD" in line for line in fetched.tail)
