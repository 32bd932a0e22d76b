"""Badges: how many requirements hold, as SVG and as the JSON that badge services read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

from conform import verdicts
from conform.report.matrix import lines
from conform.report.source import Account

HOLDS = frozenset({verdicts.PASS, verdicts.FLAKY, verdicts.WARN})
COLOURS = {"green": "#2a7f3b", "red": "#b3261e", "grey": "#6b6b6b"}
CHARACTER_PIXELS, PADDING_PIXELS = 6.6, 12
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{title}">
<title>{title}</title>
<rect width="{width}" height="20" rx="3" fill="#444"/>
<rect x="{left}" width="{right}" height="20" rx="3" fill="{colour}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{left_middle}" y="14">{label}</text>
<text x="{right_middle}" y="14">{message}</text>
</g>
</svg>
"""


@dataclass(frozen=True, slots=True)
class Badge:
    """What one says."""

    name: str  # of its file
    label: str
    message: str
    colour: str

    def as_svg(self) -> str:
        """The picture; it fetches nothing."""
        left, right = (_width(text) for text in (self.label, self.message))
        return SVG.format(
            title=escape(f"{self.label}: {self.message}", {'"': "&quot;"}),
            width=left + right,
            left=left,
            right=right,
            colour=COLOURS[self.colour],
            left_middle=left / 2,
            right_middle=left + right / 2,
            label=escape(self.label),
            message=escape(self.message),
        )

    def as_json(self) -> str:
        """The schema that shields.io calls an endpoint."""
        return json.dumps(
            {
                "schemaVersion": 1,
                "label": self.label,
                "message": self.message,
                "color": self.colour,
            }
        )


def badges(account: Account) -> list[Badge]:
    """One a column. It is green when all that was judged holds, and grey when nothing was."""
    judged = lines(account)
    found: list[Badge] = []
    for place, column in enumerate(account.columns()):
        cells = [line.cells[place] for line in judged]
        asked = [each.verdict for each in cells if each]
        asked = [each for each in asked if each != verdicts.NOT_APPLICABLE]
        held = sum(each in HOLDS for each in asked)
        colour = "grey" if not asked else "green" if held == len(asked) else "red"
        message = f"{held} of {len(asked)} requirements"
        found.append(Badge("-".join(column), f"Fraisier: {' on '.join(column)}", message, colour))
    return found


def _width(text: str) -> int:
    return round(len(text) * CHARACTER_PIXELS) + PADDING_PIXELS
