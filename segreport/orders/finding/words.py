"""What a column's name says of an order, in English, German, French and Spanish.

Names are compared as `plain` writes them, with phrases in a small notation: `(a/b)` is a choice, `_` may be a space,
`*` is any ending or beginning of a word, `=` means the whole name. For each part of an order the phrases come in
ranks, the surest first, and with the words that rule it out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from segreport.columns import vocabulary

Named = Literal["customer", "date", "amount", "quantity", "price", "order", "product", "category", "refunded"]

_ID = "(id/no/nr/num/number/nummer/numero/n/key/code/ref/reference/referenz/referencia/identifier/uuid/codigo)"
_OF = "( de/ du/ del/ der/ des)?( la/ l/ le/ el)?"
_TIME = "(date/time/timestamp/datetime/datum/day/at/zeit/tag/zeitpunkt)"
_GOODS = "(product/item/article/artikel/produkt/produit/producto/articulo)"
_LATER = """
    ship, shipped, shipping, dispatch*, deliver*, versand*, liefer*, livraison, expedition, envio, entrega, fulfilled,
    estimated, required, promised, completed, closed
"""


@dataclass(frozen=True)
class _Wording:
    """The phrases that name a part of an order, the surest first, those for want of better, and those that never do."""

    ranks: tuple[re.Pattern[str], ...]
    last: re.Pattern[str] | None
    never: re.Pattern[str]


def phrases(text: str) -> re.Pattern[str]:
    """Return the pattern that finds any of the phrases, which are separated by commas."""
    found = []
    for listed in text.split(","):
        phrase = " ".join(listed.split())
        body = phrase.removeprefix("=").replace("(", "(?:").replace("/", "|").replace("*", r"\w*").replace("_", " ?")
        found.append(rf"^{body}$" if phrase.startswith("=") else rf"\b{body}\b")
    return re.compile("|".join(found))


def _wording(*ranks: str, never: str, last: str | None = None) -> _Wording:
    return _Wording(tuple(map(phrases, ranks)), phrases(last) if last else None, phrases(never))


_WORDINGS: dict[Named, _Wording] = {
    "customer": _wording(
        """
        =(sold to/bill to)( party)?( id/ no)?, =kd_nr,
        =(codigo/identifiant/id/no/nr/n/num/numero)( de/ del/ du)?( la/ le)? (cliente?/kunde),
        =(kunden/debitor/debitoren)_(nummer/nr)
        """,
        """
        =(customer/client/cliente/buyer/billing/user/kunde/kunden)?_e?_mail( address)?( billing/ client/ kunde)?,
        =(customer )?e?_mail (hash/sha256/md5), =correo( electronico)?
        """,
        """
        =(customer/client/buyer/kunden?/shopper)( full/ company)?_name, =(billing/bill to/full)( full)? name, =buyer,
        =full name billing, =nom( complet)?( du/ de)? client, =nombre( del?)? cliente, =name( des)? kunden, =kaufer
        """,
        "e?_mail",
        never="""
        shipping, ship, opt, opened, consent, accepts, group, segment, type, status, contact, reply, sent, domain
        """,
    ),
    "date": _wording(
        f"""
        (order/ordered/purchase/purchased/bestell*/auftrags?/kauf)( on)?_{_TIME}, order purchase {_TIME},
        =(bestell/kauf/auftrags)(datum/zeitpunkt), =date purchased,
        (date/fecha){_OF} (commande/achat/pedido/compra/order/purchase/orden)
        """,
        """
        created( at/ on/ date/ time)?, creation_date, date( of)? (created/creation), fecha( de)? creacion,
        =erstellt*( am)?
        """,
        f"""
        (sales?/transaction/trans/txn/trx/checkout/event/verkaufs?)_{_TIME},
        (date/fecha){_OF} (vente/transaction/venta/transaccion)
        """,
        f"(invoice/receipt/bill/rechnungs?/beleg/bon)_{_TIME}, (date/fecha){_OF} (facture/factura/ticket)",
        """
        =(date/datum/fecha/timestamp/datetime/date time/time/dt/day/tag/jour/dia/zeitpunkt/week/month/monat),
        =(mois/mes)
        """,
        "(processed/posting/booking/buchung*/value/payment/paid/zahlung*/paiement/pago)*",
        "*",  # any other date
        last=_LATER,
        never="""
        birth*, dob, geburt*, naissance, nacimiento, regist*, sign, signup, join*, enrol*, expir*, due, updated?,
        modif*, changed?, cancel*, storn*, annul*, anulac*, refund*, return*, retour*, devol*, rembours*, export*,
        import*, first, last, next, erst*, letzt*, start, end, snapshot, since, seit, launch*, valid*
        """,
    ),
    "amount": _wording(
        f"""
        (line/row/item/lineitem)s?_(total/amount/sum/value/sales/revenue/subtotal), extended_(price/amount),
        =(zeilen/positions)_(summe/betrag/wert/gesamt), (total/montant/importe){_OF} (ligne/linea)
        """,
        f"""
        grand_total, (order/invoice/purchase/transaction/sales?)_(total/amount/value),
        (bestell/auftrags?/rechnungs?/waren/kauf)_(wert/summe/betrag),
        total_(order/purchase/transaction/invoice/sales?)?_(amount/amt/price/value/sales/spend/spent/revenue/paid),
        =(net /gross )?sales?( usd/ eur/ gbp)?, revenues?, turnover, gmv, *umsatz*, =erlose?, chiffre, =ca( ttc/ ht)?,
        =ventas?, facturacion, =gesamt_(betrag/summe/preis/wert), montant (total/ttc/ht), importe total,
        (prix/precio) total, (total/montant/importe){_OF} (commande/facture/achat/pedido/factura/compra),
        =(overall /net /gross /base )?total( ttc/ ht/ usd/ eur/ gbp/ due)?, =(summe/gesamt/brutto/netto)
        """,
        """
        sub_total, zwischensumme, sous total, =net(to)?_(amount/betrag/value/wert), brutto_betrag, amount, amt,
        betrag, montant, importe, valor, valeur, value, wert, spend, spent, spending, payment, monetary, money, paid,
        dollars?
        """,
        never="""
        tax, taxes, vat, gst, mwst, ust, tva, iva, shipping, freight, versand*, livraison, envio, porto, postage,
        handling, discount*, rabatt*, remise, descuento, coupon, refund*, return*, retour*, erstatt*, rembours*,
        reembols*, devol*, profit, margin, gewinn, marge, beneficio, costs?, cogs, kosten, cout, coste, fees?,
        gebuhr*, frais, tips?, balance, outstanding, unit, each, stuck, unitaire, unitario, counts?, quantity, qty,
        items, products, orders, points, weight, msrp, list, budget, limit, income, percent, pct, rate, score,
        due date, canceled, cancelled, invoiced, installments?, sequential, lifetime, average, avg, credit, gift
        """,
    ),
    "quantity": _wording(
        "quantity_(ordered/purchased/sold)?, qty_(ordered/sold)?, =menge, bestellmenge, quantite, cantidad",
        "=(order )?units( sold)?, =(pieces/pcs/anzahl/unidades/unites), =stuck(zahl)?, =(units?/items?) count",
        "=volume, =(number of/num/nb/anzahl/no of) (cds/items/units/products/pieces/articles/artikel/produits/books)",
        never="""
        refund*, return*, cancel*, ship*, invoiced, stock, deliver*, back*, available, invent*, total, min, max,
        discount*, per
        """,
    ),
    "price": _wording(
        """
        unit_price, price_(per )?(unit/each/item/piece), =(stuck/einzel/artikel)_preis, prix unitaire,
        precio unitario, (line_item/item/selling/sales?/product) price, =item cost, =pu( ht/ ttc)?
        """,
        "price, *preis, prix, precio",
        never="""
        compare, msrp, list, original, total, current, regular, old, gesamt*, group, range, index, tier, shipping,
        tax, catalog
        """,
    ),
    "order": _wording(
        f"""
        orders?_{_ID}, order name, =(bestell/bestellungs?/auftrags?)_{_ID}, increment id,
        {_ID}{_OF} (commande/pedido/orden/bestellung/order), (commande/pedido/orden/bestellung) {_ID}
        """,
        "=(sales )?order, =(commande/pedido/bestellung/auftrag)",
        f"""
        (invoice/bill/facture/factura/rechnungs?)_{_ID}, {_ID}{_OF} (facture/factura/rechnung/invoice),
        =(invoice/facture/factura/rechnung)
        """,
        f"""
        (transaction/trans/txn/trx/transaktions/receipt/basket/cart/checkout/sale/purchase/booking)_{_ID},
        (beleg/bon/ticket/vorgangs?)_{_ID}, {_ID}{_OF} (transaction/ticket/venta/vente/compra),
        =(transaction/receipt/basket)
        """,
        never="""
        line*, item, row, position, date, status, type, total, amount, count, product, value, datum, parent, source,
        note, quantity, currency, method, tax, customer id, promo*, discount*, coupon
        """,
    ),
    "product": _wording(
        f"""
        sku, stock_code, ({_GOODS}/material/style/variant/prod)_{_ID}, {_ID}{_OF} (produit/article/producto/articulo),
        =(asin/ean/gtin/upc/isbn/barcode/plu), =(ref/reference/referencia/referenz)
        """,
        f"""
        ({_GOODS}/line_item)_(name/title/titel/description/bezeichnung), =description, =bezeichnung, =designation,
        =descripcion, (nombre/nom/libelle)( du/ del?)? (produit/producto/article/articulo)
        """,
        f"=({_GOODS}/title/stock/goods)s?( purchased)?",
        never="""
        category, line, group, type, price, cost, quantity, count, total, date, status, tax, order, lineitem id,
        image, url, review
        """,
    ),
    "category": _wording(
        f"""
        =(product /item /main /article )?(category/categories/kategorie/produktkategorie/categorie/categoria)( name)?,
        =(categorie/categoria){_OF} (produit/producto/articulo)s?
        """,
        f"""
        product_line, produktlinie, (waren/produkt/artikel)_gruppe,
        (product/item/produkt)_(type/group/family/class/typ), =(famille/rayon/familia/seccion/gamme/sortiment),
        =(department/abteilung/departement/departamento),
        =(famille/familia/type/tipo){_OF} (produits?/productos?/articles?), category name
        """,
        "(sub/unter/sous)_(category/kategorie/categorie/categoria), =(category/categorie/kategorie) *, department",
        never="customer, client, kunde*, cliente, age, price, payment, shipping, order, tax",
    ),
    "refunded": _wording(
        "refund(ed)?( amount/ total/ value/ subtotal)?, (total/amount) refunded",
        """
        *erstattet*, *erstattung*, rembourse(ment)?s?, reembols*, retouren(wert/betrag), return(ed)? (amount/value),
        (importe/montant) (devuelto/retourne)
        """,
        never="""
        tax, shipping, qty, quantity, date, at, on, reason, status, id, discount, partially, is, has, online, offline,
        count, items?
        """,
    ),
}  # fmt: skip

PARTS = tuple(_WORDINGS)
BARE_TOTAL = phrases("=(base )?total( ttc/ ht/ usd/ eur/ gbp)?, =(summe/gesamt)")
SUBTOTAL = phrases("sub_total, zwischensumme, sous total")
OF_THE_LINE = phrases("line, row, item, lineitem")
OF_THE_ORDER = phrases(
    "grand total, (order/invoice/bestell/auftrags?/rechnungs?)_(total/amount/value/wert/summe/betrag),"
    f"total{_OF} (commande/facture/pedido/factura)"
)
OF_THE_FIRST = phrases("first, last, latest, next, erst*, letzt*, premiere?, dernier*, primer*, ultim*")
OF_ANOTHER = phrases("shipping, ship, contact, sales, vendor, seller, agent, rep, from, store")
"""Whose e-mail address is not the customer's."""
NOBODY = phrases(
    """
    =guests?( (customer/user/checkout))?, =gaste?, =gastbestellung, =invitee?s?, =invitad(o/a)s?, =anonymous( user)?,
    =anonyme?, =anonimo, =n a, =unknown, =unbekannt, =inconnue?, =desconocido, =walk in
    """
)
"""What stands for a customer whom nobody knows."""
_TAXED = re.compile(
    r" ?\b(?:incl\w*|excl\w*|with|without|w o|inkl\w*|exkl\w*|hors|sin|con|before|after|ex)(?: of)?"
    r" (?:tax|taxes|vat|gst|mwst|ust|tva|taxe|taxes|iva|impuestos)\b"
)
_NET = re.compile(r"\(\s*[-−]|\bminus\b|\bnet of\b", re.IGNORECASE)
"""A column such as WooCommerce's "Quantity (- Refund)"."""


def plain(name: str) -> str:
    """Return a column's words in lower case, without accents and signs."""
    return " ".join(vocabulary.tokens(name))


def untaxed(name: str) -> str:
    """Return a column's words without those that say whether tax is in an amount."""
    return _TAXED.sub("", plain(name))


def rank(part: Named, name: str) -> int | None:
    """Return how surely a name means a part of an order, 0 being surest; None where it does not."""
    text, wording = untaxed(name), _WORDINGS[part]
    if _NET.search(name) or wording.never.search(text):
        return None
    if wording.last and wording.last.search(text):
        return len(wording.ranks)
    return next((place for place, pattern in enumerate(wording.ranks) if pattern.search(text)), None)
