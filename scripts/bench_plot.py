"""A bar for each promise, as SVG: how far it is kept, on a logarithmic scale."""

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

#: name, margin (1: just kept), what the figure is in words, kept
Bar = tuple[str, float, str, bool]

_LEFT, _WIDTH, _RIGHT, _ROW, _TOP = 300, 420, 400, 26, 56
_GOOD, _BAD = "#2b6cb0", "#c05621"


def plot(bars: Sequence[Bar]) -> str:
    """The picture. Colours differ in lightness too, and broken ones say so in words."""
    if not bars:
        return '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n'
    logs = [math.log10(max(margin, 1e-3)) for _, margin, _, _ in bars]
    low, high = min(-0.3, *logs), max(0.3, *logs)
    per = _WIDTH / (high - low)
    zero = _LEFT - low * per
    height = _TOP + _ROW * len(bars) + 16
    width = _LEFT + _WIDTH + _RIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="13" role="img">',
        "<title>How far each promise is kept</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        '<text x="12" y="22" font-size="15" fill="#1a202c">How far each promise is kept: '
        "1 is just so, 2 twice as good (logarithmic)</text>",
    ]
    for tick in _ticks(low, high):
        x = zero + math.log10(tick) * per
        strong = tick == 1
        parts.append(
            f'<line x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{height - 12}" '
            f'stroke="{"#1a202c" if strong else "#cbd5e0"}" stroke-width="{1.5 if strong else 1}"/>'
            f'<text x="{x:.1f}" y="{_TOP - 12}" text-anchor="middle" fill="#4a5568">{tick:g}</text>'
        )
    for index, ((name, _, told, kept), value) in enumerate(zip(bars, logs, strict=True)):
        y = _TOP + index * _ROW
        start, end = sorted((zero, zero + value * per))
        words = told if kept else f"{told}, not kept"
        parts.append(
            f'<text x="{_LEFT - 10}" y="{y + 16}" text-anchor="end" fill="#1a202c">{escape(name)}'
            f'</text><rect x="{start:.1f}" y="{y + 3}" width="{max(end - start, 1):.1f}" '
            f'height="{_ROW - 8}" fill="{_GOOD if kept else _BAD}"/>'
            f'<text x="{_LEFT + _WIDTH + 10}" y="{y + 16}" fill="#1a202c">{escape(words)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _ticks(low: float, high: float) -> list[float]:
    every = [step * 10.0**power for power in range(-3, 6) for step in (1, 2, 5)]
    return [tick for tick in every if low <= math.log10(tick) <= high]
