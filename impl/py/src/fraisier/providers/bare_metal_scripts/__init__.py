"""
What is done on a host, as fixed texts of POSIX shell; values are only ever parameters.

The first four parameters are always: the folder of the application, the unit (empty when
there is none), the scope (``system`` or ``user``), and whether systemctl runs by sudo
(``true`` or ``false``). A host keeps in ``<folder>/.fraisier``: ``lock``; ``fence`` (scope
and highest token); ``starting`` (a release, and the unit's invocation before it is started);
``served`` (the release that was started last); ``releases/<release>/`` with its environment
and units; ``units/`` with those in force, to which systemd has links.

Exit statuses that mean something: 65 never deployed, 66 the release is not there,
67 not the current release, 69 something is missing, 73 cannot be written, 74 damaged,
75 busy, 76 fenced off, 77 a unit of somebody else.
"""

from __future__ import annotations

from fraisier.providers.bare_metal_scripts.keeping import FORGET, HAS, RECEIVE
from fraisier.providers.bare_metal_scripts.looking import CHECK, CURRENT, JOBS, LOGS, LOOK
from fraisier.providers.bare_metal_scripts.preamble import COMMON
from fraisier.providers.bare_metal_scripts.running import DO, FENCE, RUN
from fraisier.providers.bare_metal_scripts.switching import REVERTED, SWITCH, WATCH

__all__ = [
    "CHECK",
    "COMMON",
    "CURRENT",
    "DO",
    "FENCE",
    "FORGET",
    "HAS",
    "JOBS",
    "LOGS",
    "LOOK",
    "RECEIVE",
    "REVERTED",
    "RUN",
    "SWITCH",
    "WATCH",
]
