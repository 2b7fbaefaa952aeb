"""Columns that are no part of an order but may tell of the customer: her country, what we earn, how she rates us."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from segreport.columns import Facts, Survey, vocabulary
from segreport.orders.finding import words
from segreport.orders.finding.picking import customer_rank
from segreport.orders.finding.words import Named, phrases, plain, untaxed

_DESCRIBING, _SUMMED, _AVERAGED = 8, 6, 4
"""At most so many columns of each kind."""
_LEVELS = 50
_LIKELY = tuple(
    map(
        phrases,
        (
            "*country, country code, land, pays, pais, nation",
            "segment, customer (type/group/class), kundengruppe, kundentyp, role",
            "region, territory, market, *province, state, bundesland, departement, provincia, estado, area, zone",
            "channel, kanal, canal, source, medium, platform, marketplace, store, shop, branch, filiale,"
            " tienda, magasin",
            "(ship/delivery/shipping/versand)*_(mode/method/class/art), modo de envio, livraison",
            "deal_size, size class, priority",
            "city, stadt, ville, ciudad, gender, sex, geschlecht, sexe, genero, age group, language, sprache",
            "payment*( method/ mode/ type)?, zahlungs(art/methode), paiement, pago, device, newsletter,"
            " loyalty, member",
        ),
    )
)
_LESS = phrases("shipping, ship to, delivery")
"""Where goods went says less than where the bill went."""
_TELLS_NOTHING = phrases(
    """
    q, qtr, quarter, quartal, trimestre, month, monat, mois, mes, year, jahr, annee, ano, week, woche, semaine,
    semana, weekday, wochentag, day, hour, stunde, heure, hora, minute, dow, currency, wahrung, devise, moneda, line,
    *linenumber, row, position, item, *status, risk, taxable, requires, fulfillment, product, size, color, colour,
    farbe, couleur, variant, tags?, notes?, coupon*, reason, vendor, tax, refund*, cancel*, return*
    """
)
_MADE = frozenset(
    {
        "recency", "frequency", "monetary", "average_order", "tenure", "gap", "items", "products", "categories",
        "return_rate", "trend", "weekday", "hour", "r", "f", "m", "segment_id", "margin",
    }
)  # fmt: skip
"""Names that columns made out of orders have."""
_GAINED = phrases(
    """
    profits?, gross income, gewinn, benefice, beneficio, deckungsbeitrag, margin, marge, contribution, shipping,
    freight, versandkosten, porto, livraison, envio, postage, tax, taxes, taxe, vat, mwst, tva, iva, discounts?,
    rabatt, remise, descuento, tips?, fees?, points
    """
)
_DISCOUNT = phrases("discounts?, rabatt, remise, descuento")
_RATE = phrases("percent*, pct, prozent, rate, ratio, share, quote, taux, tasa")
_RATED = phrases("rating, *score, satisfaction, stars?, nps, bewertung, feedback")
_OF_ONE = phrases("unit, each, compare, list, name, label, refund*, canceled, invoiced")


@dataclass(frozen=True)
class Besides:
    """The columns that describe customers, likeliest first, those added up over their lines, and those averaged."""

    describing: tuple[str, ...]
    summed: tuple[str, ...]
    averaged: tuple[str, ...]


def find_besides(surveyed: Survey, free: Sequence[str]) -> Besides:
    """Return what the `free` columns tell of customers besides their orders, those named with --describe first."""
    asked = set(surveyed.choices.describe)
    facts = [surveyed.fact(name) for name in free if plain(name) and name.casefold() not in _MADE]
    worded = {name for name in asked & surveyed.verdicts.keys() if surveyed.verdicts[name].role in {"category", "flag"}}
    numbers = [column for column in facts if column.name not in worded and _measures(surveyed, column)]
    averaged = [column.name for column in numbers if _is_rate(column)]
    summed = [column.name for column in numbers if column.name not in averaged and _adds_up(column)]
    describing = [
        column.name
        for column in facts
        if column.name not in {*averaged, *summed} and _describes(surveyed, column, asked)
    ]
    describing.sort(key=lambda name: (name not in asked, _likelihood(name)))
    return Besides(
        tuple(describing[: max(_DESCRIBING, len(asked))]), tuple(summed[:_SUMMED]), tuple(averaged[:_AVERAGED])
    )


def _describes(surveyed: Survey, column: Facts, asked: Collection[str]) -> bool:
    role = surveyed.verdicts[column.name].role
    if role not in {"category", "flag"} or column.look.personal or not 2 <= column.distinct <= _LEVELS:
        return False
    if column.name in asked:
        return True
    if _TELLS_NOTHING.search(plain(column.name)) or vocabulary.personal(column.name):
        return False
    ofs: tuple[Named, ...] = ("category", "product", "order")
    of_goods = any(words.rank(part, column.name) is not None for part in ofs)
    # who a customer is does not describe her, and what is known of one in ten does not say much
    return not of_goods and customer_rank(column) is None and column.count >= 0.1 * column.rows


def _likelihood(name: str) -> int:
    text = plain(name)
    found = next((place for place, pattern in enumerate(_LIKELY) if pattern.search(text)), len(_LIKELY))
    return 2 * found + bool(_LESS.search(text))


def _measures(surveyed: Survey, column: Facts) -> bool:
    """Return whether a column holds numbers, few different whole ones included: they are known by their name."""
    kept = surveyed.verdicts[column.name].role in {"number", "amount", "category"}
    return kept and column.parse.kind == "number" and column.distinct > 1


def _is_rate(column: Facts) -> bool:
    """Return whether a number is to be averaged: a score, or a discount that is a share or in percent."""
    text = untaxed(column.name)
    if _RATED.search(text):
        return True
    shares = column.low is not None and column.high is not None and column.low >= 0 and column.high <= 1
    percent = column.look.percent or "%" in column.name or _RATE.search(text) is not None
    return bool(_GAINED.search(text)) and (percent or (shares and not column.whole and bool(_DISCOUNT.search(text))))


def _adds_up(column: Facts) -> bool:
    text = untaxed(column.name)
    return bool(_GAINED.search(text)) and not _OF_ONE.search(text)
