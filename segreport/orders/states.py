"""What became of an order, where a column says so: cancelled before it was paid, returned after, or neither."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from segreport.columns import Facts, Survey
from segreport.columns.parsing import parsed
from segreport.orders.order import State
from segreport.orders.words import phrases, plain

LEVELS = 50
"""A column of states has at most this many different values."""
ASKED_OF_ALL = 1_000_000
"""In tables of more rows, only columns named like states are asked for their values."""
Meaning = Literal["cancelled", "returned", "kept"]

_CANCELLED = phrases(
    """
    cancel, cancell?ed, cancell?ation, void, voided, fail, failed, failure, declined?, denied, rejected, abandoned,
    trash, draft, expired, storniert, storno, stornierung, abgebrochen, fehlgeschlagen, abgelehnt, entwurf,
    abgelaufen, annulee?s?, annulation, echouee?, echec, refusee?, brouillon, expiree?, abandonnee?, cancelad(o/a)s?,
    anulad(o/a)s?, fallid(o/a)s?, rechazad(o/a)s?, borrador, caducad(o/a), expirad(o/a), vencid(o/a)
    """
)
_RETURNED = phrases(
    """
    refund, refunded, returns?, returned, chargeback, charged back, reversed, retourniert, retoure, zuruckgegeben,
    zuruckgesandt, (ruck)?erstattet, remboursee?s?, remboursement, retournee?s?, retour, devuelt(o/a)s?, devolucion,
    reembolsad(o/a)s?, reembolso
    """
)
_IN_PART = phrases(
    """
    partial*, partly, part, teil*, partiel*, parcial*, not, non, no, nicht, kein*, never, request*, pending, reversal,
    awaiting
    """
)
_KNOWN = phrases(
    """
    paid, pending, processing, complete*, shipped, delivered, open, closed, new, active, confirmed, authorized,
    fulfilled, (on )?hold*, disputed, resolved, in process, sale, purchase, bezahlt, offen, versendet, abgeschlossen,
    in bearbeitung, payee?, expediee?, livree?, terminee?, en cours, pagad(o/a), enviad(o/a), entregad(o/a),
    pendiente, completad(o/a)
    """
)
"""Other states, by which a column whose name says nothing is known to hold states."""
_SAYS_STATE = phrases(
    "*status, statut, state, stato, zustand, etat, estado, situacion, stage, phase, outcome, ergebnis, resultado,"
    "*(type/typ), tipo, art, kind"
)
_SAYS_DELIVERY = phrases("deliver*, ship*, fulfil*, versand*, liefer*, livraison, envio, email, campaign")
_CALLED_OFF = phrases("cancel*, storn*, annul*, anulad*")
_SAYS_CANCELLED = phrases("cancel, cancell?ed, cancell?ation, cancelad*, storn*, annul*, anulad*, voided")
_SAYS_RETURNED = phrases(
    "returns?, returned, refunds?, refunded, retour*, ruckgabe*, rembours*, devuelt*, devoluc*, reembols*"
)
_SAYS_WHEN_CANCELLED = phrases("cancel*, storn*, annul*, anulaci*, anulad*, voided")
_ABOUT_ELSE = phrases("partially, customer, kunde, cliente?, policy, accepted, eligible, possible, insurance")


@dataclass(frozen=True)
class States:
    """The columns that say what became of orders, the other ones about that, and sentences on what is done."""

    found: tuple[State, ...]
    others: tuple[str, ...]
    notes: tuple[str, ...]


def find_states(
    surveyed: Survey, free: Sequence[str], *, also_returned: Collection[str] = (), refunds_known: bool
) -> States:
    """Return the states among the `free` columns; `also_returned` are words of the shop that mean returned.

    With the refunded amounts known, a date of refunds adds nothing: part of the order may have been kept.
    """
    facts = [surveyed.fact(name) for name in free]
    dates = [state for column in facts if (state := _by_date(column, refunds_known=refunds_known))]
    worded = [column.name for column in facts if _may_say(surveyed, column)]
    values = _values(surveyed, worded)
    found: list[State] = []
    others: list[str] = []
    notes: list[str] = []
    for name in worded:
        meanings = {word: _meaning(surveyed, name, word, also_returned) for word in values[name]}
        state = State(name, _those(meanings, "cancelled"), _those(meanings, "returned"))
        if not _counts(surveyed, name, meanings):
            continue
        if state.cancelled or state.returned:
            found.append(state)
            notes.append(_note(state, _those(meanings, "kept"), said=not _is_flag(surveyed, name)))
        else:
            others.append(name)
    notes += [f"Lines with a date in '{state.column}' count as {state.filled}." for state in dates]
    return States((*found, *dates), tuple(others), tuple(notes))


def meaning(value: str, also_returned: Collection[str] = (), *, delivery: bool = False) -> Meaning:
    """Return what a state means for an order: what is cancelled in part only, or asked for, is kept.

    In a column about `delivery` a failure is one of the carrier, not of the sale.
    """
    text = plain(value).removeprefix("wc ")
    if text in also_returned:
        return "returned"
    if _IN_PART.search(text):
        return "kept"
    if _RETURNED.search(text):
        return "returned"
    called_off = _CALLED_OFF if delivery else _CANCELLED
    return "cancelled" if called_off.search(text) else "kept"


def _meaning(surveyed: Survey, name: str, value: str, also_returned: Collection[str]) -> Meaning:
    """Return what a value means; "yes" means what the column is called."""
    text = plain(name)
    if _is_flag(surveyed, name):
        yes: Meaning = "cancelled" if _SAYS_CANCELLED.search(text) else "returned"
        return yes if value == "yes" else "kept"
    return meaning(value, also_returned, delivery=_SAYS_DELIVERY.search(text) is not None)


def _may_say(surveyed: Survey, column: Facts) -> bool:
    """Return whether a column of few words may say what became of orders, by its name or by what its words may be."""
    text = plain(column.name)
    if column.look.personal or not 1 <= column.distinct <= LEVELS or column.look.stored == "nested":
        return False
    if _is_flag(surveyed, column.name):
        named = _SAYS_CANCELLED.search(text) or _SAYS_RETURNED.search(text)
        return named is not None and not _ABOUT_ELSE.search(text)
    asked = column.rows <= ASKED_OF_ALL or _SAYS_STATE.search(text)
    return column.parse.kind == "text" and bool(asked)


def _counts(surveyed: Survey, name: str, meanings: Mapping[str, Meaning]) -> bool:
    """Return whether the column is about states: it is called so, or every word of it is known to be one."""
    if _is_flag(surveyed, name):
        return True
    text = plain(name)
    if set(meanings.values()) <= {"kept"}:
        return text.endswith(("status", "statut")) or text.startswith("status")
    known = all(said != "kept" or _KNOWN.search(plain(word)) for word, said in meanings.items())
    return known or _SAYS_STATE.search(text) is not None


def _by_date(column: Facts, *, refunds_known: bool) -> State | None:
    """Return the state that a date such as "Cancelled at" says by being filled, where it is for some but not all."""
    text = plain(column.name)
    if column.parse.kind != "date" or not 0 < column.count < 0.95 * column.rows:
        return None
    cancelled = _SAYS_WHEN_CANCELLED.search(text)
    if not cancelled and (refunds_known or not _SAYS_RETURNED.search(text)):
        return None
    return State(column.name, filled="cancelled" if cancelled else "returned")


def _values(surveyed: Survey, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the different values of columns as they are read, flags as yes and no: one query over all rows."""
    if not names:
        return {}
    table = surveyed.table
    columns = {
        str(i): _word(parsed(table[name], surveyed.verdicts[name].parse)).collect(distinct=True)
        for i, name in enumerate(names)
    }
    row = table.aggregate(**columns).to_pyarrow().to_pylist()[0]
    return {name: sorted(word for word in row[str(i)] or () if word) for i, name in enumerate(names)}


def _word(value: ir.Column) -> ir.Column:
    if isinstance(value, ir.BooleanColumn):
        return ibis.cases((value, "yes"), (~value, "no"), else_=ibis.null("string"))
    return value.cast("string")


def _is_flag(surveyed: Survey, name: str) -> bool:
    return surveyed.verdicts[name].parse.kind == "flag"


def _those(meanings: Mapping[str, Meaning], wanted: Meaning) -> tuple[str, ...]:
    return tuple(word for word, said in meanings.items() if said == wanted)


def _note(state: State, kept: Sequence[str], *, said: bool) -> str:
    """Return what is done with each value; a flag's own are not worth saying."""
    groups = [
        f"{', '.join(map(repr, listed))} count{'' if len(listed) > 1 else 's'} as {what}"
        if said
        else f"lines marked so count as {what}"
        for what, listed in (("cancelled", state.cancelled), ("returned", state.returned))
        if listed
    ]
    some = ", ".join(repr(word) for word in kept[:6]) + (" and others" if len(kept) > 6 else "")
    groups += [f"{some} {'are' if len(kept) > 1 else 'is'} kept"] if kept and said else []
    return f"'{state.column}': {'; '.join(groups)}."
