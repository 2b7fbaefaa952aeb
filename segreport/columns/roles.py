"""What each column is, and why we think so: decided from its facts alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segreport.columns import vocabulary
from segreport.columns.column import Parse, Role
from segreport.columns.measuring import Facts
from segreport.errors import InputError

LEVELS = 50
"""A category has at most this many different values; more are text."""

_COUNTER = 20
"""A shorter run of 0, 1, 2 … may be chance."""
_ZERO_ONE = Parse("flag", yes=("1",), no=("0",))
_CODE = Parse("text", decimal=".")


@dataclass(frozen=True)
class Verdict:
    """A column's role, the reason in words, and the reading that goes with it."""

    role: Role
    why: str
    parse: Parse


def judge(facts: Facts, place: int) -> Verdict:
    """Return what a column is by its name, its values and its place in the table (0: the first)."""
    if numbers_rows(facts, place):
        return Verdict("id", "numbers the rows of the file, not the customers", facts.parse)
    return _out_of_use(facts) or _by_kind(facts)


def numbers_rows(facts: Facts, place: int) -> bool:
    """Return whether a column is a row number, which tells nothing of a customer: pandas and R write one unasked.

    It is unique and whole, and named like an index, or first and either nameless or counting 0, 1, 2 … without a gap
    (in any order). Whatever is named like an id is none.
    """
    if not (facts.whole and facts.unique) or facts.low is None or facts.high is None or facts.low < 0:
        return False
    if vocabulary.says_row_number(facts.name):
        return True
    measures = facts.look.percent or facts.look.currency or vocabulary.says_measure(facts.name)
    if place > 0 or vocabulary.id_rank(facts.name):
        return False
    if vocabulary.says_nothing(facts.name):
        return not numbers_of_one_length(facts)
    return not measures and facts.low <= 1 and facts.high - facts.low + 1 == facts.count >= _COUNTER


def numbers_of_one_length(facts: Facts) -> bool:
    """Return whether these are numbers of 6 and more digits, all of one length, as customers' numbers often are."""
    low, high = facts.low or 0, facts.high or 0
    return low >= 100_000 and len(f"{low:.0f}") == len(f"{high:.0f}")


def told(facts: Facts, role: Role) -> Verdict:
    """Return the column in the role the user gave it; raise InputError where its values do not allow that."""
    why, name, kind = "told with --role", facts.name, facts.parse.kind
    if facts.look.stored == "nested" and role not in {"personal", "text"}:
        raise InputError(f"--role: column {name!r} holds lists, structures or bytes; it can only be text or personal.")
    if role in {"personal", "text", "id"}:
        return Verdict(role, why, facts.parse if kind != "number" else _CODE)
    if role == "category":
        if facts.distinct > LEVELS:
            raise InputError(f"--role: column {name!r} has {facts.different}; a category has at most {LEVELS}.")
        return Verdict(role, why, _as_code(facts))
    fits = {"number": {"number", "integer"}, "amount": {"number", "integer"}, "date": {"date"}, "flag": {"flag"}}[role]
    if role == "flag" and _is_zero_one(facts):
        return Verdict(role, why, _ZERO_ONE)
    if role in {"number", "amount"} and _is_zero_one_flag(facts.parse):
        return Verdict(role, why, Parse("number", decimal="." if facts.look.stored == "text" else None))
    if kind not in fits or facts.count == 0:
        raise InputError(f"--role: column {name!r} cannot be read as {_article(role)}; its values are {_found(facts)}.")
    return Verdict(role, why, replace(facts.parse, kind="number") if kind == "integer" else facts.parse)


def plain_number(facts: Facts, verdict: Verdict) -> Verdict:
    """Return a code or 0/1 flag as the number it is written as, for plain preparation; anything else as it was."""
    number = Parse("number", decimal="." if facts.look.stored == "text" else None)
    why = "named as a feature, and plain preparation takes its codes as numbers"
    if verdict.role == "category" and facts.parse.kind in {"number", "integer"}:
        return Verdict("number", why, replace(facts.parse, kind="number"))
    if verdict.role == "flag" and (facts.parse.kind == "number" or _is_zero_one_flag(facts.parse)):
        return Verdict("number", why, number)
    return verdict


def _out_of_use(facts: Facts) -> Verdict | None:
    look, parse = facts.look, facts.parse
    if look.stored == "nested":
        return Verdict("text", "holds lists, structures or bytes, which are not read", parse)
    if look.personal and _holds_personal(facts):
        return Verdict("personal", f"looks like {look.personal}: never used and never shown", parse)
    if facts.count == 0:
        return Verdict("constant", "empty in every row", parse)
    if facts.distinct == 1:
        return Verdict("constant", "the same value in every row" + (" that is filled" if facts.missing else ""), parse)
    return None


def _by_kind(facts: Facts) -> Verdict:
    match facts.parse.kind:
        case "date":
            return Verdict("date", "its values are dates", facts.parse)
        case "flag":
            return _flag(facts)
        case "number" | "integer":
            return _coded(facts) or _measure(facts)
        case "text":
            return _text(facts)


def _flag(facts: Facts) -> Verdict:
    if facts.look.stored == "flag":
        return Verdict("flag", "true or false", facts.parse)
    if not _is_zero_one_flag(facts.parse):
        return Verdict("flag", "two values that mean yes and no", facts.parse)
    if vocabulary.says_measure(facts.name):
        return Verdict("number", "counts 0 or 1", Parse("number", decimal="."))
    return Verdict("flag", _zero_one_why(facts), facts.parse)


def _coded(facts: Facts) -> Verdict | None:
    """Return the verdict on numbers that name things rather than measure them, or None."""
    name = facts.name
    if not facts.whole:
        return None
    if _is_zero_one(facts) and not vocabulary.says_measure(name):
        return Verdict("flag", _zero_one_why(facts), _ZERO_ONE)
    if _is_code(facts):
        offer = f"taken as a category; --role '{name}=number' if they measure something"
        return Verdict("category", f"{_codes(facts)}: {offer}", _as_code(facts))
    return _named_code(facts) if vocabulary.says_code(name) or vocabulary.id_rank(name) >= 2 else None


def _measure(facts: Facts) -> Verdict:
    name, parse = facts.name, replace(facts.parse, kind="number")
    if facts.look.currency:
        return Verdict("amount", "its values carry a currency sign", parse)
    if not vocabulary.says_money(name, whole=facts.whole, high=facts.high or 0):
        return Verdict("number", "whole numbers" if facts.whole else "numbers", parse)
    if vocabulary.says_goods(name):
        doubt = f"taken as spend; --role '{name}=number' if it is not"
        return Verdict("amount", f"named like a kind of goods, with large values: {doubt}", parse)
    return Verdict("amount", "a number named like money", parse)


def _text(facts: Facts) -> Verdict:
    different = facts.different
    if facts.unique and (vocabulary.id_rank(facts.name) or vocabulary.says_other_id(facts.name)):
        return Verdict("id", "named like an id and different in every row", facts.parse)
    if vocabulary.says_other_id(facts.name) and facts.distinct > LEVELS:
        return Verdict("id", f"named like the id of something else; {different}", facts.parse)
    if facts.distinct <= LEVELS and (facts.distinct == 2 or facts.distinct * 2 <= facts.count):
        return Verdict("category", f"words with {different}", facts.parse)
    if facts.unique:
        return Verdict("text", "words that differ in every row", facts.parse)
    return Verdict("text", f"words with {different}: too many for a category", facts.parse)


def _named_code(facts: Facts) -> Verdict:
    few = facts.distinct <= LEVELS and facts.distinct * 2 <= facts.count
    different = facts.different
    if not few and not vocabulary.says_postal(facts.name):
        return Verdict("id", f"numbers named like an id or a code; {different}", _as_code(facts))
    kind = "postal code" if vocabulary.says_postal(facts.name) else "code"
    return Verdict("category" if few else "text", f"numbers named like a {kind}; {different}", _as_code(facts))


def _is_code(facts: Facts) -> bool:
    """Return whether the numbers are few small whole ones, from 0 or 1 up, whose name measures nothing."""
    if not facts.whole or facts.low is None or facts.high is None or vocabulary.says_measure(facts.name):
        return False
    return 2 <= facts.distinct <= 10 and facts.low in {0, 1} and facts.high <= 20 and facts.distinct * 5 <= facts.count


def _is_zero_one(facts: Facts) -> bool:
    return facts.distinct == 2 and facts.low == 0 and facts.high == 1


def _is_zero_one_flag(parse: Parse) -> bool:
    return parse.kind == "flag" and parse.yes == ("1",)


def _zero_one_why(facts: Facts) -> str:
    return f"only 0 and 1: taken as no and yes; --role '{facts.name}=category' if they are names of something"


def _holds_personal(facts: Facts) -> bool:
    """Return whether numbers named like phone numbers are long enough to be that; text was looked at before."""
    return facts.look.stored == "text" or (facts.high or 0) >= 1_000_000


def _codes(facts: Facts) -> str:
    return f"{facts.distinct} whole-number codes ({facts.low or 0:.0f} to {facts.high or 0:.0f})"


def _as_code(facts: Facts) -> Parse:
    """Return the reading that writes numbers as codes, and leaves words as they are."""
    if facts.parse.kind in {"number", "integer"}:
        return Parse("text", decimal=facts.parse.decimal or ".")
    return Parse("text")


def _article(role: Role) -> str:
    return f"an {role}" if role == "amount" else "yes or no" if role == "flag" else f"a {role}"


def _found(facts: Facts) -> str:
    if facts.look.personal:
        return "personal data"
    return {"number": "numbers", "integer": "whole numbers", "date": "dates", "flag": "yes or no", "text": "words"}[
        facts.parse.kind
    ]
