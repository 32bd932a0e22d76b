"""What must hold at every moment of a soak, asked of the database again and again."""

from __future__ import annotations

import threading
from typing import Any

from conform.databases import Scratch
from conform.dialects.base import Connection

PAUSE_SECONDS = 0.25
ACTIVE = """
SELECT fraise, environment, count(*) AS n FROM tb_deployment WHERE status = 'in_progress'
 GROUP BY fraise, environment HAVING count(*) > 1
"""
TOKENS = "SELECT fk_environment, fencing_token FROM tb_lease"
ENDED = """
SELECT id, status, attempt, completed_at, error_code, error_message, new_version, git_commit
  FROM tb_deployment WHERE status NOT IN ('pending', 'in_progress')
"""
NEW_EVENTS = "SELECT pk_event FROM tb_event WHERE pk_event > :last ORDER BY pk_event"
OLD_EVENTS = "SELECT count(*) AS n FROM tb_event WHERE pk_event <= :last"


class Watcher:
    """A thread that looks; ``found`` are the violations, each told once."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._tokens: dict[int, int] = {}
        self._ended: dict[str, dict[str, Any]] = {}
        self._last = 0
        self._events = 0
        self.looks = 0
        self.found: list[str] = []

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        connection = self._scratch.another_connection()
        try:
            while not self._over.wait(PAUSE_SECONDS):
                self.look(connection)
        except Exception as error:  # a watcher that has died must not look like a quiet one
            self.found.append(f"the watcher itself: {type(error).__name__}: {error}")
        finally:
            connection.close()

    def look(self, connection: Connection) -> None:
        """One look; every violation is kept."""
        self.looks += 1
        for row in connection.rows(ACTIVE, {}):
            self._tell(f"{row['n']} at once in {row['fraise']}/{row['environment']}")
        for row in connection.rows(TOKENS, {}):
            before = self._tokens.get(row["fk_environment"], 0)
            if row["fencing_token"] < before:
                self._tell(f"a token went from {before} to {row['fencing_token']}")
            self._tokens[row["fk_environment"]] = row["fencing_token"]
        for row in connection.rows(ENDED, {}):
            before = self._ended.setdefault(str(row["id"]), row)
            if before != row:
                self._tell(f"what had ended has changed: {before} is {row} now")
        self._look_at_events(connection)

    def _look_at_events(self, connection: Connection) -> None:
        """A reader that resumes by number must see every event, so none may come late."""
        fresh = [row["pk_event"] for row in connection.rows(NEW_EVENTS, {"last": self._last})]
        self._events += len(fresh)
        self._last = max([self._last, *fresh])
        known = connection.rows(OLD_EVENTS, {"last": self._last})[0]["n"]
        if known != self._events:
            self._tell(f"{known} events up to {self._last}, of which {self._events} were seen")
            self._events = known

    def _tell(self, text: str) -> None:
        if text not in self.found:
            self.found.append(text)
