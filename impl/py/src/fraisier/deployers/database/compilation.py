"""The step ``compile``: the GraphQL schema of the release, by the FraiseQL engine's own tool."""

from __future__ import annotations

from fraisier.deployers.base import Probe, Step, Work
from fraisier.deployers.database.settings import Compilation
from fraisier.deployers.database.tools import FRAISEQL_HINT, run_in_release
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.tools import tool


class Compile(Step):
    """``fraiseql-cli compile`` in the release folder, which then goes to the target again."""

    name, failure, doing = "compile", "compile-failed", "Compiling the GraphQL schema..."
    done = "Already compiled"

    def __init__(self, compilation: Compilation) -> None:
        self._compilation = compilation

    def plan(self, fraise: FraiseConfig) -> str:
        """Names both files."""
        return f"Compile {self._compilation.schema} into {self._compilation.output}"

    def probe(self, work: Work) -> Probe:
        """Done for a release that served before: it comes back as it was."""
        folder = work.workshop.folder(work.known_release)
        there = work.kind == "rollback" and (folder / self._compilation.output).is_file()
        return Probe.DONE if there else Probe.NOT_DONE

    def act(self, work: Work) -> str:
        """Compile, look whether the file is there, and bring it to the target."""
        schema, output = self._compilation
        folder = work.workshop.folder(work.known_release)
        if not (folder / schema).is_file():
            raise FraisierError(f"the release has no {schema}", code=self.failure)
        program = tool("fraiseql-cli", FRAISEQL_HINT)
        (folder / output).parent.mkdir(parents=True, exist_ok=True)
        done = run_in_release(work, [program, "compile", schema, "-o", output], {})
        if not done.ok:
            raise FraisierError(f"fraiseql-cli compile {done.describe()}", code=self.failure)
        if not (folder / output).is_file():
            raise FraisierError(f"fraiseql-cli compile wrote no {output}", code=self.failure)
        work.workshop.changed(work.known_release)
        work.provider.prepare(work.fraise, work.known_release.name)
        return f"GraphQL schema compiled into {output}"
