"""Which columns could be a part of an order, by what they are called and what they hold, and the one that is it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from segreport.columns import Facts, Survey, vocabulary
from segreport.columns.choosing import match
from segreport.errors import InputError
from segreport.orders.finding import words
from segreport.orders.finding.exports import Export
from segreport.orders.finding.words import Named
from segreport.settings import OrderSettings

LEVELS = 200
"""A category of products has at most this many different values."""
_ONE_PRICE = 10
"""An amount that is always the same is taken where no other one is there."""
_NOUNS: dict[Named, str] = {
    "customer": "who the customer is",
    "date": "when a line was ordered",
    "amount": "what a line is worth",
    "quantity": "how many were bought",
    "price": "what one of them costs",
}
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True)
class Candidate:
    """A column that could be a part of an order, and how surely its name says so (0: surest)."""

    facts: Facts
    rank: int

    @property
    def name(self) -> str:
        """The column's name."""
        return self.facts.name


def told(surveyed: Survey, orders: OrderSettings) -> dict[Named, str]:
    """Return the columns that were named, by what they are, with --id as the customer.

    Raises InputError where one is not there, is named twice or cannot be what it is said to be.
    """
    asked: dict[Named, str] = {part: name for part in words.PARTS if (name := orders.columns.get(part))}
    if surveyed.choices.id and "customer" not in asked:
        asked["customer"] = surveyed.choices.id
    flags = {"customer": "customer" if orders.customer else "id"}
    found: dict[Named, str] = {}
    for part, name in asked.items():
        column = match(flags.get(part, part), name, surveyed.table.columns)
        if other := next((before for before, taken in found.items() if taken == column), None):
            raise InputError(f"column {column!r} is named with both --{other} and --{part}; name it with one of them.")
        if column in surveyed.choices.exclude:
            raise InputError(
                f"--{flags.get(part, part)}: column {column!r} is left out with --exclude; do one of them."
            )
        if problem := _problem(surveyed.fact(column), part):
            raise InputError(f"--{flags.get(part, part)}: column {column!r} {problem}; name another one.")
        found[part] = column
    return found


def candidates(surveyed: Survey, part: Named, taken: Collection[str] = ()) -> list[Candidate]:
    """Return the columns that could be a part of an order, the surest names first; left-out columns are none."""
    out = {*taken, *surveyed.choices.exclude}
    free = [column for column in surveyed.facts if column.name not in out and _problem(column, part) is None]
    found = [
        Candidate(column, rank + _ONE_PRICE * (part == "amount" and column.distinct == 1))
        for column in free
        if (rank := customer_rank(column) if part == "customer" else words.rank(part, column.name)) is not None
        and _plausible(surveyed, column, part)
    ]
    return sorted(found, key=lambda candidate: candidate.rank)


def customer_rank(column: Facts) -> int | None:
    """Return how surely a column says who a customer is: by customer id, user id, e-mail, name, and last a bare id."""
    by_name, by_id = words.rank("customer", column.name), vocabulary.id_rank(column.name)
    mail = column.look.personal is not None and "mail" in column.look.personal
    if by_id == 4 or by_name == 0:
        return 0
    if by_id == 3 and not column.look.personal:
        return 1
    if by_name == 1 or (mail and by_name is None and not words.OF_ANOTHER.search(words.plain(column.name))):
        return 2
    if by_name == 2 or (by_id == 3 and column.look.personal):
        return 3
    if by_name == 3 and mail:
        return 4
    return 5 if by_id in {1, 2} and not column.unique else None


def settled(
    surveyed: Survey, part: Named, found: Sequence[Candidate], same: Callable[[Sequence[Candidate]], Candidate | None]
) -> Candidate | None:
    """Return the one among the surest candidates; raise InputError, which lists them, where `same` cannot say which."""
    best = [candidate for candidate in found if candidate.rank == found[0].rank]
    if len(best) < 2:
        return best[0] if best else None
    if one := same(best):
        return one
    raise unclear(surveyed, part, [candidate.name for candidate in best])


def unclear(surveyed: Survey, part: Named, names: Sequence[str]) -> InputError:
    """Return the error that says which columns could be a part of an order."""
    count = _NUMBERS.get(len(names), str(len(names)))
    listed = ", ".join(repr(name) for name in names)
    return InputError(f"{surveyed.name}: {count} columns could say {_NOUNS[part]}: {listed}; say which with --{part}.")


def absent(surveyed: Survey, part: Named, flags: str) -> InputError:
    """Return the error that says that no column is a part of an order."""
    names = surveyed.table.columns
    listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return InputError(f"{surveyed.name}: no column says {_NOUNS[part]}; found {listed}. Name it with {flags}.")


def from_export(surveyed: Survey, export: Export | None, part: Named, taken: Collection[str]) -> str | None:
    """Return the column that is a part of an order in a shop's export; the next best where it is hardly filled."""
    if export is None:
        return None
    out = {*taken, *surveyed.choices.exclude}
    by_name = {words.plain(column.name): column for column in surveyed.facts if column.name not in out}
    named = [by_name[name] for name in export.parts.get(part, ()) if name in by_name]
    fit = [Candidate(column, 0) for column in named if _problem(column, part) is None]
    best = filled_best(fit) if part == "product" else next(iter(fit), None)
    return best.name if best else None


def filled_best(found: Iterable[Candidate]) -> Candidate | None:
    """Return the surest candidate, unless another one is filled for twice as many lines."""
    listed = list(found)
    if not listed:
        return None
    fullest = max(listed, key=lambda candidate: candidate.facts.count)
    return listed[0] if listed[0].facts.count * 2 > fullest.facts.count else fullest


def _plausible(surveyed: Survey, column: Facts, part: Named) -> bool:
    """Return whether what a column holds suits what it is called."""
    role = surveyed.verdicts[column.name].role
    if part == "customer":  # "client" may hold two or three kinds of client rather than clients
        kinds = role == "category" and column.distinct <= 10 and vocabulary.id_rank(column.name) < 4
        return not kinds and role != "flag"
    if part in {"amount", "price"}:
        return role in {"amount", "number", "constant"}  # a shop of one price
    return role != "flag" or part == "quantity"


def _problem(column: Facts, part: Named) -> str | None:
    """Return why a column cannot be a part of an order, or None."""
    kind, numbers = column.parse.kind, part in {"amount", "quantity", "price", "refunded"}
    numeric = not column.look.personal and (kind in {"number", "integer"} or column.parse.yes == ("1",))
    names = part != "date" and not numbers
    problems = (
        (column.look.stored == "nested", "holds lists, structures or bytes"),
        (column.count == 0, "is empty in every row"),
        (part == "date" and kind != "date", "holds no dates that can be read, such as 2026-10-31 or 31.10.2026"),
        (numbers and not numeric, "holds no numbers"),
        (names and kind == "date", "holds dates"),
        (names and kind == "number" and not column.whole, "holds numbers with fractions"),
        (part in {"customer", "order"} and column.distinct < 2, "has the same value in every row"),
        (part == "category" and column.look.personal is not None, "holds personal data"),
        (
            part == "category" and not 2 <= column.distinct <= LEVELS,
            f"has {column.distinct:,} different values; a category has 2 to {LEVELS}",
        ),
    )
    return next((problem for is_so, problem in problems if is_so), None)
