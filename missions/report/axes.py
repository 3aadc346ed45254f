"""A plane with ticks to draw charts on, as inline SVG."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from missions.report.words import svg_both

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 1000.0, 58.0, 16.0, 14.0, 34.0


@dataclass(frozen=True, slots=True)
class Axes:
    """What maps values to places in the picture.

    Parameters
    ----------
    x_range, y_range : (float, float)
        Lowest and highest; not equal.
    height : float
        Of the picture, in its own units; it is `WIDTH` wide.
    left : float
        Room for the words beside the picture.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    height: float = 260.0
    left: float = LEFT

    def x(self, value: float) -> float:
        """Place across."""
        low, high = self.x_range
        return self.left + (WIDTH - RIGHT - self.left) * (value - low) / (high - low)

    def y(self, value: float) -> float:
        """Place down."""
        low, high = self.y_range
        return self.height - BOTTOM - (self.height - TOP - BOTTOM) * (value - low) / (high - low)

    def path(self, xs: Iterable[float], ys: Iterable[float]) -> str:
        """Give a line as the commands of a path."""
        places = [f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in zip(xs, ys, strict=True)]
        return "M" + "L".join(places) if places else ""

    def band(self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float]) -> str:
        """Give the area between two lines as the commands of a path, cut off at the edges of the picture."""
        bottom, top = self.y_range
        kept = [
            (min(max(low, bottom), top), min(max(high, bottom), top))
            for low, high in zip(lows, highs, strict=True)
        ]
        there = self.path(xs, [high for _, high in kept])
        back = self.path(reversed(xs), [low for low, _ in reversed(kept)])
        return f"{there}L{back[1:]}Z" if there else ""

    def frame(
        self,
        *,
        x_words: tuple[str, str],
        y_words: tuple[str, str] | None,
        x_text: Callable[[float], str],
        x_ticks: Sequence[float],
    ) -> str:
        """Draw grid, ticks and the names of the axes."""
        base = self.height - BOTTOM
        parts = []
        for tick in x_ticks:
            at = self.x(tick)
            parts.append(f'<path class="grid" d="M{at:.1f} {TOP:.1f}V{base:.1f}"/>')
            parts.append(
                f'<text class="tick" x="{at:.1f}" y="{base + 14:.1f}" text-anchor="middle">{x_text(tick)}</text>'
            )
        for tick in ticks(*self.y_range, 5) if y_words is not None else ():
            at = self.y(tick)
            parts.append(f'<path class="grid" d="M{self.left:.1f} {at:.1f}H{WIDTH - RIGHT:.1f}"/>')
            parts.append(
                f'<text class="tick" x="{self.left - 6:.1f}" y="{at + 4:.1f}" text-anchor="end">{tick:g}</text>'
            )
        parts.append(
            f'<text class="axis" x="{WIDTH - RIGHT:.1f}" y="{self.height - 4:.1f}" text-anchor="end">{svg_both(x_words)}</text>'
        )
        if y_words is not None:
            middle = 0.5 * (TOP + base)
            parts.append(
                f'<text class="axis" transform="translate(13 {middle:.1f}) rotate(-90)" text-anchor="middle">'
                f"{svg_both(y_words)}</text>"
            )
        return "".join(parts)

    def picture(self, content: str, *, title: tuple[str, str], cursor: str = "") -> str:
        """Give the whole picture.

        Parameters
        ----------
        content : str
            SVG.
        title : (str, str)
            What it shows, for those who do not see it.
        cursor : str
            "time" or "distance": what the moving line of the page follows; empty for none.
        """
        low, high = self.x_range
        line = (
            f'<path class="cursor" data-follows="{cursor}" data-low="{low!r}" data-high="{high!r}" data-left="{self.left}" '
            f'data-right="{WIDTH - RIGHT}" d="M0 {TOP}V{self.height - BOTTOM}"/>'
            if cursor
            else ""
        )
        return (
            f'<svg class="chart" viewBox="0 0 {WIDTH:g} {self.height:g}" role="img" aria-label="{" / ".join(title)}">'
            f"{content}{line}</svg>"
        )


def ticks(low: float, high: float, about: int) -> list[float]:
    """Give round numbers between two, about so many."""
    return _multiples(low, high, about, (1.0, 2.0, 2.5, 5.0, 10.0), 10.0)


def time_ticks(low_s: float, high_s: float, about: int) -> list[float]:
    """Give round times between two, about so many."""
    span_s = max(high_s - low_s, 1e-9) / about
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
    step_s = next((step for step in steps if step >= span_s), 86_400)
    return [step_s * n for n in range(math.ceil(low_s / step_s), math.floor(high_s / step_s) + 1)]


def _multiples(low: float, high: float, about: int, steps: Sequence[float], base: float) -> list[float]:
    span = max(high - low, 1e-9) / about
    scale = base ** math.floor(math.log(span, base))
    step = scale * next(step for step in steps if step >= span / scale - 1e-9)
    return [
        round(step * n, 9) for n in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]
