"""What became of an order, where a column says so: cancelled before it was paid, returned after, or neither."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from segreport.columns import Facts, Survey
from segreport.columns.parsing import parsed
from segreport.errors import InputError
from segreport.orders.finding.words import phrases, plain
from segreport.orders.order import State

_LONGEST = 40
LEVELS = 50
"""A column of states has at most this many different values."""
ASKED_OF_ALL = 1_000_000
"""In tables of more rows, only columns named like states are asked for their values."""
Meaning = Literal["cancelled", "returned", "credited", "kept"]

_CANCELLED = phrases(
    """
    cancel, cancell?ed, cancell?ation, void, voided, fail, failed, failure, declined?, denied, rejected, abandoned,
    trash, draft, expired, storniert, storno*, stornierung, abgebrochen, fehlgeschlagen, abgelehnt, entwurf,
    abgelaufen, annulee?s?, annulation, echouee?, echec, refusee?, brouillon, expiree?, abandonnee?, cancelad(o/a)s?,
    anulad(o/a)s?, anulacion, fallid(o/a)s?, rechazad(o/a)s?, borrador, caducad(o/a), expirad(o/a), vencid(o/a),
    annullat(o/a/i/e), annullamento, cancellat(o/a/i/e), rifiutat(o/a), fallit(o/a), scadut(o/a), geannuleerd,
    afgebroken, mislukt, geweigerd, verlopen, anulowan*, odrzucon*, nieudan*
    """
)
_UNPAID = phrases(
    """
    unpaid, not paid, payment error, =error, =tests?, =test order, unbezahlt, nicht bezahlt, zahlungsfehler,
    =test_bestellung, impayee?s?, non payee?s?, erreur de paiement, impagad(o/a)s?, no pagad(o/a)s?, error de pago,
    non pagat(o/a), niet betaald, onbetaald, nieop(l/ł)acon*
    """
)
_RETURNED = phrases(
    """
    refund, refunded, returns?, returned, chargeback, charged back, reversed, retourniert, retouren?, zuruckgegeben,
    zuruckgesandt, (ruck)?erstattet, remboursee?s?, remboursement, retournee?s?, retour, devuelt(o/a)s?, devolucion,
    reembolsad(o/a)s?, reembolso, res(o/i), restituit(o/a), rimborsat(o/a), rimborso, geretourneerd, teruggestuurd,
    terugbetaald, zwrot*, zwrocon*
    """
)
_CREDIT = phrases(
    """
    credit (memo/note), creditnota, gutschrift*, rechnungskorrektur, ruckerstattung, erstattung,
    (facture/note) d avoir, note de credit, nota (de/di)? ?credito, nota de abono, factura rectificativa
    """
)
_CREDIT_ROW = phrases(
    "=credits?, =avoirs?, =abonos?, storno*, stornierung, cancell?ation, annulation, anulacion, annullamento"
)
"""What, said of the kind of a document, gives an earlier purchase back."""
_IN_PART = phrases("partial*, partly, part, teil*, partiel*, parcial*, parzial*, gedeeltelijk*, reversal")
_NOT_YET = phrases(
    "not, non, no, nicht, kein*, never, niet, nie, request*, pending, awaiting, solicitad*, demandee?, beantragt"
)
_ENDED = re.compile(
    r"(?:order )?(?:cancell?ed|voided|storniert|annulee?|cancelad[oa]|anulad[oa]|annullat[oa]|geannuleerd"
    r"|anulowan\w*)\b"
)
"""What begins so is over, whatever comes after it: "CANCELLED - not shipped"."""
_KNOWN = phrases(
    """
    paid, pending, processing, complete*, shipped, delivered, open, closed, new, active, confirmed, authorized,
    fulfilled, (on )?hold*, disputed, resolved, in process, sale, purchase, invoice, bezahlt, offen, versendet,
    abgeschlossen, in bearbeitung, rechnung, verkauf, payee?, expediee?, livree?, terminee?, en cours, facture, vente,
    pagad(o/a), enviad(o/a), entregad(o/a), pendiente, completad(o/a), factura, venta
    """
)
"""Other states, by which a column whose name says nothing is known to hold states."""
_SAYS_STATE = phrases(
    "*status, statut, state, stato, zustand, etat, estado, situacion, stage, phase, outcome, ergebnis, resultado"
)
_SAYS_KIND = phrases(
    """
    =(type/typ/art/kind/tipo/nature), (beleg/vorgangs/buchungs/auftrags/bewegungs/rechnungs)_(art/typ),
    (transaction/trans/txn/order/sales?/document/doc/record/entry/line/invoice/receipt/posting/voucher)_(type/kind),
    (type/tipo)( de/ du)? (document*/piece/mouvement/movimiento/transac*/commande/facture/pedido/factura),
    =document*, =dokument*, (dokument*/document*)_(art/typ), =vorgang, movement( type)?, mouvement, movimiento,
    bewegung
    """
)
_SAYS_EVENT = phrases("event, event (type/name/kind), action, activity, interaction, behavio(u)?r( type)?, ereignis*")
_LOOKED = phrases(
    """
    *view*, *cart, *basket, click*, search*, impression, scroll, session start, visit, wishlist, *warenkorb,
    begin checkout
    """
)
_BOUGHT = phrases("=(purchased?/bought/buy/order/ordered/transaction/order completed?/kauf/achat/compra)")
_SAYS_DELIVERY = phrases("deliver*, ship*, fulfil*, versand*, liefer*, livraison, envio, email, campaign")
_CALLED_OFF = phrases("cancel*, storn*, annul*, anulad*, geannuleerd, anulowan*")
_SAYS_CANCELLED = phrases("cancel, cancell?ed, cancell?ation, cancelad*, storn*, annul*, anulad*, voided, geannuleerd")
_CROSSES = {"x", "✓", "✔", "*"}
"""What people put into a column to mark a line."""
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
    surveyed: Survey,
    free: Sequence[str],
    *,
    same: Sequence[str] = (),
    also_returned: Collection[str] = (),
    refunds_known: bool,
) -> States:
    """Return the states among the `free` columns; `also_returned` are words of the shop that mean returned.

    Rows that are the `same` by these columns are about one purchase. With the refunded amounts known, a date of
    refunds adds nothing: part of the order may have been kept. Raises InputError where rows are all that visitors do.
    """
    facts = [surveyed.fact(name) for name in free]
    dates = [state for column in facts if (state := _by_date(column, refunds_known=refunds_known))]
    worded = [column.name for column in facts if _may_say(surveyed, column)]
    values = _values(surveyed, worded)
    found: list[State] = []
    others: list[str] = []
    notes: list[str] = []
    for name in worded:
        _refuse_events(surveyed, name, values[name])
        meanings = {word: _meaning(surveyed, name, word, also_returned) for word in values[name]}
        if not meanings or not _counts(surveyed, name, meanings):
            continue
        meanings = _told_as_rows(surveyed, name, meanings, same)
        state = State(name, _those(meanings, "cancelled"), _those(meanings, "returned"), _those(meanings, "credited"))
        kept = _those(meanings, "kept")
        if len(kept) < len(meanings):
            found.append(state)
            notes.append(_note(state, kept, said=not _is_mark(surveyed, name)))
        else:
            others.append(name)
            notes.append(f"'{name}': {shown(kept)} {'are all' if len(kept) > 1 else 'is'} kept.")
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
    if _ENDED.match(text) or (_UNPAID.search(text) and not delivery):
        return "cancelled"
    if _NOT_YET.search(text):
        return "kept"
    if _RETURNED.search(text) or _CREDIT.search(text):
        return "returned"
    called_off = _CALLED_OFF if delivery else _CANCELLED
    return "cancelled" if called_off.search(text) else "kept"


def shown(values: Sequence[str], most: int = 6) -> str:
    """Return the first values, quoted, as far as none can be a person's address or a remark about one."""
    public = [word for word in values if "@" not in word and len(word) <= _LONGEST and not re.search(r"\d{7}", word)]
    listed = list(map(repr, public[:most]))
    listed += ["a value that is not shown"] if len(public) < len(values) else []
    return ", ".join(listed) + (" and others" if len(public) > most else "")


def groups_of(state: State) -> list[tuple[str, Sequence[str]]]:
    """Return what lines count as, each with the values that say so."""
    groups = (
        ("cancelled", state.cancelled),
        ("returned", state.returned),
        ("giving an earlier purchase back", state.credited),
    )
    return [(what, listed) for what, listed in groups if listed]


def _refuse_events(surveyed: Survey, name: str, values: Sequence[str]) -> None:
    """Raise InputError where rows are what visitors of a shop did, of which buying is one thing."""
    bought = [word for word in values if _BOUGHT.search(plain(word))]
    looked = [word for word in values if _LOOKED.search(plain(word))]
    named = _SAYS_EVENT.search(plain(name)) is not None
    if bought and looked and (named or len(bought) + len(looked) == len(values)):
        raise InputError(
            f"{surveyed.name}: rows are events, and only those with {shown(bought)} in {name!r} are orders; read only"
            f" those with --query, by WHERE \"{name}\" = '{bought[0]}'."
        )


def _told_as_rows(
    surveyed: Survey, name: str, meanings: Mapping[str, Meaning], same: Sequence[str]
) -> dict[str, Meaning]:
    """Return the meanings, with what is returned as credited where it stands on a row of its own.

    It does where the column is the kind of a document, or where most such rows repeat one of the same order.
    """
    kind = _SAYS_KIND.search(plain(name)) is not None
    back = [word for word, said in meanings.items() if said == "returned"]
    if kind:
        back += [word for word in meanings if _CREDIT_ROW.search(plain(word))]
    elif not back or not _twinned(surveyed, name, back, same):
        return dict(meanings)
    return {word: "credited" if word in back else said for word, said in meanings.items()}


def _twinned(surveyed: Survey, name: str, back: Sequence[str], same: Sequence[str]) -> bool:
    """Return whether most rows with the words `back` have another row without them that is the `same`."""
    if not same:
        return False
    table = surveyed.table
    given = _word(parsed(table[name], surveyed.verdicts[name].parse)).isin(back)
    groups = table.group_by(list(same)).aggregate(back=given.any(), both=given.any() & (~given).any())
    counted = groups.aggregate(back=groups.back.sum(), both=groups.both.sum()).to_pyarrow().to_pylist()[0]
    return bool((counted["both"] or 0) > 0.5 * (counted["back"] or 0))


def _meaning(surveyed: Survey, name: str, value: str, also_returned: Collection[str]) -> Meaning:
    """Return what a value means; "yes" means what the column is called."""
    text = plain(name)
    if _is_mark(surveyed, name):
        yes: Meaning = "cancelled" if _SAYS_CANCELLED.search(text) else "returned"
        return yes if value == "yes" or value.lower() in _CROSSES else "kept"
    return meaning(value, also_returned, delivery=_SAYS_DELIVERY.search(text) is not None)


def _may_say(surveyed: Survey, column: Facts) -> bool:
    """Return whether a column of few words may say what became of orders, by its name or by what its words may be."""
    text = plain(column.name)
    if column.look.personal or not 1 <= column.distinct <= LEVELS or column.look.stored == "nested":
        return False
    if _is_mark(surveyed, column.name):
        return _says_fate(text)
    asked = column.rows <= ASKED_OF_ALL or any(
        says.search(text) for says in (_SAYS_STATE, _SAYS_KIND, _SAYS_EVENT, _SAYS_CANCELLED, _SAYS_RETURNED)
    )
    return column.parse.kind == "text" and bool(asked)


def _counts(surveyed: Survey, name: str, meanings: Mapping[str, Meaning]) -> bool:
    """Return whether the column is about states: it is called so, or every word of it is known to be one."""
    if _is_mark(surveyed, name):
        return set(meanings.values()) != {"kept"}
    text = plain(name)
    if _SAYS_KIND.search(text) and any(_CREDIT_ROW.search(plain(word)) for word in meanings):
        return True
    if set(meanings.values()) <= {"kept"}:
        return text.endswith(("status", "statut")) or text.startswith("status")
    known = all(said != "kept" or _KNOWN.search(plain(word)) for word, said in meanings.items())
    return known or any(says.search(text) for says in (_SAYS_STATE, _SAYS_KIND))


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


def _says_fate(text: str) -> bool:
    named = _SAYS_CANCELLED.search(text) or _SAYS_RETURNED.search(text)
    return named is not None and not _ABOUT_ELSE.search(text)


def _is_mark(surveyed: Survey, name: str) -> bool:
    """Return whether a column says yes and no, or has one value only, perhaps a cross, and is named like a fate."""
    crossed = surveyed.verdicts[name].parse.kind == "text" and surveyed.fact(name).distinct == 1
    return surveyed.verdicts[name].parse.kind == "flag" or (crossed and _says_fate(plain(name)))


def _those(meanings: Mapping[str, Meaning], wanted: Meaning) -> tuple[str, ...]:
    return tuple(word for word, said in meanings.items() if said == wanted)


def _note(state: State, kept: Sequence[str], *, said: bool) -> str:
    """Return what is done with each value; a flag's own are not worth saying."""
    groups = [
        f"{shown(listed, len(listed))} {'count' if len(listed) > 1 else 'counts'} as {what}"
        if said
        else f"lines marked so count as {what}"
        for what, listed in groups_of(state)
    ]
    groups += [f"{shown(kept)} {'are' if len(kept) > 1 else 'is'} kept"] if kept and said else []
    return f"'{state.column}': {'; '.join(groups)}."
