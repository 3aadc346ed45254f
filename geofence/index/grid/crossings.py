"""Whether a point of a cell lies in a volume, told by the edges near the cell.

From the point a path leads east to the border of the cell's column, and along it north without end. Where it ends is
outside; each edge it crosses changes sides. Edges that do not come near the cell cross the path of all of
its points, or of none (modulo 2): their crossings are counted once, as the grid is made. Paths run infinitesimally
beside vertices, so that every crossing is one.
"""

from geofence.compiled import compiled
from geofence.index.grid.orientation import side_beside, side_of

ON_EDGE = 2


@compiled
def crossing(
    ax: float, ay: float, bx: float, by: float, px: float, py: float, border_x: float, is_beside: bool
) -> int:
    """Say whether an edge from a to b crosses the path of p: 1, 0, or `ON_EDGE` where p lies on it.

    Parameters
    ----------
    ax, ay, bx, by, px, py, border_x : float
    is_beside : bool
        Whether the path starts infinitesimally east and north of p itself, and never on an edge.
    """
    if (ay < py and by < py) or (ax < px and bx < px):
        return 0
    spans_y = (ay > py) != (by > py)
    is_west_of_edge = True
    if (ax <= px or bx <= px) and (ay <= py or by <= py):
        side = side_beside(ax, ay, bx, by, px, py) if is_beside else side_of(ax, ay, bx, by, px, py)
        if side == 0:
            return ON_EDGE
        is_west_of_edge = (side > 0) == (by > ay)
    if ax <= border_x and bx <= border_x:
        return 1 if spans_y and is_west_of_edge else 0
    spans_x = (ax > border_x) != (bx > border_x)
    if not spans_x:
        return 0
    side = side_beside(ax, ay, bx, by, border_x, py)
    crosses_row = spans_y and is_west_of_edge and (side < 0) == (by > ay)
    crosses_border = (side < 0) == (bx > ax)
    return 1 if crosses_row != crosses_border else 0
