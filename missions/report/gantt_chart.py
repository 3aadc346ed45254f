"""Several flights on one clock."""

import html
from functools import partial

from missions.report.axes import TOP, Axes, time_ticks
from missions.report.gantt import BarKind, Gantt
from missions.report.words import BARS, WORDS, both, moment

_ROW, _BAR, _WINDOW = 30.0, 16.0, 28.0
_LETTER, _BESIDE = 6.6, 1.0
_LEFT_AT_LEAST, _LEFT_AT_MOST = 58.0, 220.0


def gantt_chart(gantt: Gantt) -> str:
    """Draw it as HTML; empty where it has no bar."""
    rows = gantt.rows
    if not rows:
        return ""
    begins_s = min(0.0, *(bar.begins_s for bar in gantt.bars), 0.0)
    ends_s = max(begins_s + 1.0, *(bar.ends_s for bar in gantt.bars))
    left = min(max(_LEFT_AT_LEAST, 16.0 + max(map(_width, rows))), _LEFT_AT_MOST)
    height = TOP + _ROW * len(rows) + 34.0
    axes = Axes((begins_s, ends_s), (0.0, 1.0), height=height, left=left)
    parts = []
    for number, row in enumerate(rows):
        top = TOP + _ROW * number
        if number % 2 == 0:
            parts.append(f'<rect class="stripe" x="0" y="{top:.1f}" width="1000" height="{_ROW}"/>')
        shown = _cut(row, left - 12.0)
        parts.append(
            f'<text class="row" x="6" y="{top + 0.5 * _ROW + 4:.1f}">{html.escape(shown)}<title>{html.escape(row)}</title></text>'
        )
    parts.append(
        axes.frame(
            x_words=WORDS["time"],
            y_words=None,
            x_text=partial(moment, gantt, is_short=True),
            x_ticks=_ticks(gantt, begins_s, ends_s),
        )
    )
    windows_first = sorted(gantt.bars, key=lambda bar: bar.kind is not BarKind.WINDOW)
    for bar in windows_first:
        x, width = axes.x(bar.begins_s), max(1.0, axes.x(bar.ends_s) - axes.x(bar.begins_s))
        thick = _WINDOW if bar.kind is BarKind.WINDOW else _BAR
        top = TOP + _ROW * rows.index(bar.row) + 0.5 * (_ROW - thick)
        told = f"{' / '.join(BARS[bar.kind])} {bar.label} {moment(gantt, bar.begins_s)}–{moment(gantt, bar.ends_s)}"
        parts.append(
            f'<rect class="bar {bar.kind.value}" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{thick:g}" rx="2">'
            f"<title>{html.escape(told)}</title></rect>"
        )
        label = next((text for text in _labels(bar.label) if _width(text) + _BESIDE <= width), "")
        if label and bar.kind is not BarKind.WINDOW:
            parts.append(
                f'<text class="bar-label" x="{x + 0.5 * width:.1f}" y="{top + 12:.1f}" text-anchor="middle">'
                f"{html.escape(label)}</text>"
            )
    kinds = [kind for kind in BarKind if any(bar.kind is kind for bar in gantt.bars)]
    legend = "".join(f'<span class="key bar {kind.value}"><i></i>{both(BARS[kind])}</span>' for kind in kinds)
    return (
        axes.picture("".join(parts), title=WORDS["schedule"], cursor="time")
        + f'<div class="legend">{legend}</div>'
    )


def _ticks(gantt: Gantt, begins_s: float, ends_s: float) -> list[float]:
    """Round times of the day, where these are known."""
    zero_s = (gantt.begins_clock_s or 0.0) % 3600.0
    return [at_s - zero_s for at_s in time_ticks(begins_s + zero_s, ends_s + zero_s, 10)]


def _labels(label: str) -> tuple[str, ...]:
    """Give a name whole, and its last word, which is its number for most."""
    return label, label.rsplit(" ", maxsplit=1)[-1]


def _width(text: str) -> float:
    """About how wide a text is drawn; Chinese letters are twice as wide."""
    return sum(_LETTER * (2.0 if letter > "\u2e7f" else 1.0) for letter in text)


def _cut(text: str, width: float) -> str:
    while text and _width(text) > width:
        text = text[:-2] + "…" if len(text) > 2 else ""
    return text
