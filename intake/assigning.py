"""Pairs with the greatest sum of scores, each side at most once, whatever the order they are listed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Edges = Mapping[tuple[int, int], float]  # (left, right) → score above 0
LARGEST = 60  # the exact way takes the third power of the number of members
STEP = 0.1


def assign(edges: Edges, floor: float = 0.0) -> dict[int, int]:
    """Left → right. Exact for groups of up to ``LARGEST`` that hang together.

    A larger group is cut at its weakest links: what is paired by the strong ones is settled first.
    """
    paired: dict[int, int] = {}
    for group in _groups({pair: score for pair, score in edges.items() if score >= floor}):
        if max(len({left for left, _ in group}), len({right for _, right in group})) <= LARGEST:
            paired |= _best(group)
            continue
        strong = assign(group, floor + STEP) if max(group.values()) >= floor + STEP else _falling(group)
        paired |= strong
        taken = set(strong.values())
        rest = {
            pair: score for pair, score in group.items() if pair[0] not in strong and pair[1] not in taken
        }
        paired |= assign(rest, floor) if strong else {}
    return paired


def _groups(edges: Edges) -> Iterator[dict[tuple[int, int], float]]:
    """The edges by what hangs together."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for left, right in edges:
        root[find(("left", left))] = find(("right", right))
    grouped: dict[tuple[str, int], dict[tuple[int, int], float]] = {}
    for pair, score in edges.items():
        grouped.setdefault(find(("left", pair[0])), {})[pair] = score
    yield from grouped.values()


def _falling(edges: Edges) -> dict[int, int]:
    """The highest score first: for many that are all alike."""
    paired: dict[int, int] = {}
    taken: set[int] = set()
    for left, right in sorted(edges, key=lambda pair: (-edges[pair], pair)):
        if left not in paired and right not in taken:
            paired[left] = right
            taken.add(right)
    return paired


def _best(edges: Edges) -> dict[int, int]:
    """The assignment of the greatest sum: the Hungarian method, row by row along shortest augmenting paths."""
    lefts, rights = sorted({left for left, _ in edges}), sorted({right for _, right in edges})
    if len(lefts) == 1 or len(rights) == 1:
        left, right = min(edges, key=lambda pair: (-edges[pair], pair))
        return {left: right}
    # Each row may also stay alone: as many columns more that cost nothing.
    costs = [[-edges.get((left, right), 0.0) for right in rights] + [0.0] * len(lefts) for left in lefts]
    owners = _hungarian(costs)
    return {
        lefts[row]: rights[column]
        for column, row in owners.items()
        if column < len(rights) and (lefts[row], rights[column]) in edges
    }


def _hungarian(costs: list[list[float]]) -> dict[int, int]:
    """Column → row with the least sum; there are at least as many columns as rows."""
    width = len(costs[0])
    row_price, column_price = [0.0] * len(costs), [0.0] * width
    owner: dict[int, int] = {}
    for start in range(len(costs)):
        distance, came_from, done = [float("inf")] * width, [-1] * width, set[int]()
        row, column = start, -1
        while True:
            nearest = _relax(costs[row], row_price[row], column_price, distance, came_from, done, column)
            step = distance[nearest]
            row_price[start] += step
            for other in done:
                row_price[owner[other]] += step
                column_price[other] -= step
            distance = [value if key in done else value - step for key, value in enumerate(distance)]
            column = nearest
            if column not in owner:
                break
            done.add(column)
            row = owner[column]
        _turn(owner, came_from, column, start)
    return owner


def _relax(
    costs: list[float],
    price: float,
    column_price: list[float],
    distance: list[float],
    came_from: list[int],
    done: set[int],
    column: int,
) -> int:
    """Distances by way of one row; returns the nearest column that is not done."""
    nearest = -1
    for other in range(len(costs)):
        if other in done:
            continue
        way = costs[other] - price - column_price[other]
        if way < distance[other]:
            distance[other], came_from[other] = way, column
        if nearest < 0 or distance[other] < distance[nearest]:
            nearest = other
    return nearest


def _turn(owner: dict[int, int], came_from: list[int], column: int, start: int) -> None:
    """Along the path found each column goes to the row before it."""
    while (before := came_from[column]) >= 0:
        owner[column] = owner[before]
        column = before
    owner[column] = start
