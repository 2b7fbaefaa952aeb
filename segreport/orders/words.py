"""What names of columns and values say of an order, in English, German, French and Spanish, and in shops' exports.

Names are compared as `plain` writes them. Each part of an order has patterns, the surest first, and what it never is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from segreport.columns import vocabulary

Named = Literal["customer", "date", "amount", "quantity", "price", "order", "product", "category", "refunded"]

_ID = r"(?:id|no|nr|num|number|nummer|numero|n|key|code|ref|reference|referenz|referencia|identifier|uuid|codigo)"
_OF = r"(?: (?:de|du|del|der|des))?(?: (?:la|l|le|el))?"
_TAXED = re.compile(
    r" ?\b(?:incl\w*|excl\w*|with|without|w o|inkl\w*|exkl\w*|hors|sin|con|before|after|ex)(?: of)?"
    r" (?:tax|taxes|vat|gst|mwst|ust|tva|taxe|taxes|iva|impuestos)\b"
)
_NET = re.compile(r"\(\s*[-−]|\bminus\b|\bnet of\b", re.IGNORECASE)
"""A column such as WooCommerce's "Quantity (- Refund)"."""


@dataclass(frozen=True)
class _Wording:
    """The patterns that name a part of an order, the surest first, and one for names that never do."""

    ranks: tuple[re.Pattern[str], ...]
    never: re.Pattern[str]


def _wording(*ranks: str, never: str) -> _Wording:
    return _Wording(tuple(re.compile(rank) for rank in ranks), re.compile(rf"\b(?:{never})\b"))


_WORDINGS: dict[Named, _Wording] = {
    "customer": _wording(
        r"\b(?:sold to|bill to)(?: party)?(?: id| no)?$|\b(?:codigo|identifiant|debitoren?|debitor)"
        r"(?: (?:de|du|del))? ?(?:cliente?|nr|nummer)$|^(?:kundennummer|kundennr|kd nr|kdnr|debitor)$",
        r"\b(?:customer|client|cliente|buyer|billing|user|kunden?)?(?: ?e? ?mail)(?: address)?"
        r"(?: billing| hash| sha256| md5| customer| client| kunde)?$|^correo(?: electronico)?$",
        r"^(?:customer|client|buyer|kunden?|shopper)(?: full| company)? ?name$|^(?:billing|bill to|full)(?: full)? name$"
        r"|^full name billing$|^nom(?: complet)?(?: du| de)? client$|^nombre(?: del?)? cliente$|^(?:buyer|kaeufer|kaufer)$"
        r"|^name(?: des)? kunden$",
        r"\be? ?mail\b",
        never="shipping|ship|opt|opened|consent|accepts|group|segment|type|status|contact|reply|sent|domain",
    ),
    "date": _wording(
        rf"\b(?:order|orders?ed|purchased?|bestell\w*|auftrags?|kauf)(?: on)?(?: ?(?:date|time|timestamp|datetime|datum|day|at|zeit"
        rf"|tag|zeitpunkt))+(?: time)?\b|^(?:bestelldatum|kaufdatum|auftragsdatum|bestellzeitpunkt)"
        rf"|\b(?:date|fecha){_OF} (?:commande|achat|pedido|compra|order|purchase|orden)\b|^date purchased$",
        r"\bcreated(?: (?:at|on|date|time))?\b|\bcreation ?date\b|\bdate(?: of)? (?:created|creation)\b|^erstellt\w*( am)?$"
        r"|\bdate creation\b|\bfecha(?: de)? creacion\b",
        rf"\b(?:sales?|transaction|trans|txn|trx|checkout|event|verkaufs?)(?: ?(?:date|time|timestamp|datetime|datum|day|zeit))+\b"
        rf"|\b(?:date|fecha){_OF} (?:vente|transaction|venta|transaccion)\b",
        rf"\b(?:invoice|receipt|bill|rechnungs?|beleg)(?: ?(?:date|time|timestamp|datum))+\b|^(?:rechnungs|beleg|bon)datum$"
        rf"|\b(?:date|fecha){_OF} (?:facture|factura|ticket)\b",
        r"^(?:date|datum|fecha|timestamp|datetime|date time|time|dt|day|tag|jour|dia|zeitpunkt|week|month|monat|mois|mes)$",
        r"\b(?:processed|posting|booking|buchungs?|value|payment|paid|zahlungs?|paiement|pago)\w*\b",
        r".",
        r"\b(?:ship|shipped|shipping|dispatch\w*|deliver\w*|versand\w*|liefer\w*|livraison|expedition|envio|entrega"
        r"|fulfill?ed|estimated|required|promised|completed|closed)\b",
        never=r"birth\w*|dob|geburt\w*|naissance|nacimiento|regist\w*|sign|signup|join\w*|enrol\w*|expir\w*|due|updated?"
        r"|modif\w*|changed?|cancel\w*|storn\w*|annul\w*|anulac\w*|refund\w*|return\w*|retour\w*|devol\w*|rembours\w*"
        r"|export\w*|import\w*|first|last|next|erst\w*|letzt\w*|first|end|snapshot|since|seit|launch\w*|valid\w*",
    ),
    "amount": _wording(
        r"\b(?:line|row|item|lineitem)s? ?(?:total|amount|sum|value|sales|revenue|subtotal)\b|\bextended ?(?:price|amount)\b"
        r"|^line ?total$|^(?:zeilen|positions)(?:summe|betrag|wert|gesamt)$|^(?:zeilen|positions) (?:summe|betrag|wert)$"
        rf"|\b(?:total|montant|importe){_OF} (?:ligne|linea)\b",
        r"\bgrand ?total\b|\b(?:order|invoice|purchase|transaction|sales?|bestell|auftrags?|rechnungs?|waren|kauf)"
        r" ?(?:total|amount|value|wert|summe|betrag)\b|\btotal ?(?:order |purchase |transaction |invoice |sales? )?(?:amount|price"
        r"|value|sales|spend|spent|revenue|paid|amt)\b|^(?:net |gross )?sales?(?: usd| eur| gbp)?$|\brevenues?\b|\bturnover\b|\bgmv\b"
        r"|\w*umsatz\w*|^erlose?$|\bchiffre\b|^ca$|^ca (?:ttc|ht)$|^ventas?$|\bfacturacion\b"
        r"|^gesamt ?(?:betrag|summe|preis|wert)$|\bmontant total\b|\bmontant (?:ttc|ht)\b|\bimporte total\b|\bprix total\b|\bprecio total\b"
        rf"|\b(?:total|montant|importe){_OF} (?:commande|facture|achat|pedido|factura|compra)\b"
        r"|^(?:overall |net |gross |base )?total(?: ttc| ht| usd| eur| gbp| due)?$|^(?:summe|gesamt|brutto|netto)$",
        r"\bsub ?total\b|\b(?:zwischensumme|sous total)\b|^net(?:to)? ?(?:amount|betrag|value|wert)$|\bbrutto ?betrag\b"
        r"|\b(?:amount|amt|betrag|montant|importe|valor|valeur|value|wert|spend|spent|spending|payment|monetary|money|paid|dollars?)\b",
        never=r"tax|taxes|vat|gst|mwst|ust|tva|iva|shipping|freight|versand\w*|livraison|envio|porto|postage|handling|discount\w*"
        r"|rabatt\w*|remise|descuento|coupon|refund\w*|return\w*|retour\w*|erstatt\w*|rembours\w*|reembols\w*|devol\w*|profit"
        r"|margin|gewinn|marge|beneficio|costs?|cogs|kosten|cout|coste|fees?|gebuhr\w*|frais|tips?|balance|outstanding|unit"
        r"|each|stuck|unitaire|unitario|counts?|quantity|qty|items|products|orders|points|weight|msrp|list|budget|limit|income"
        r"|percent|pct|rate|score|due date|canceled|cancelled|invoiced|lifetime|average|avg|credit|gift",
    ),
    "quantity": _wording(
        r"\bquantity ?(?:ordered|purchased|sold)?\b|\bqty ?(?:ordered|sold)?\b|^menge$|\bbestellmenge\b|\bquantite\b|\bcantidad\b",
        r"^(?:order )?units(?: sold)?$|^pieces$|^stuck(?:zahl)?$|^anzahl$|^unidades$|^unites$|^(?:units|items|item) count$|^pcs$",
        r"^volume$|^(?:number of|num|nb|anzahl|no of) (?!orders?\b|visits?\b|lines?\b|days?\b|customers?\b)\w+$",
        never=r"refund\w*|return\w*|cancel\w*|ship\w*|invoiced|stock|deliver\w*|back\w*|available|invent\w*|total|min|max"
        r"|discount\w*|per",
    ),
    "price": _wording(
        r"\bunit ?price\b|\bprice ?(?:per )?(?:unit|each|item|piece)\b|^(?:stuck|einzel|artikel)preis$|\b(?:stuck|einzel) preis\b|\bprix unitaire\b"
        r"|\bprecio unitario\b|\b(?:line ?item|item|selling|sales?|product) price\b|^item cost$|^pu(?: ht| ttc)?$",
        r"\bprice\b|\w*preis$|\bprix\b|\bprecio\b",
        never=r"compare|msrp|list|original|total|current|regular|old|gesamt\w*|group|range|index|tier|shipping|tax|catalog",
    ),
    "order": _wording(
        rf"\b(?:order|orders) ?{_ID}\b|\border name\b|^(?:bestell|bestellungs?|auftrags?) ?{_ID}$|^(?:bestell|auftrags)(?:nummer|nr)$"
        rf"|\b{_ID}{_OF} (?:commande|pedido|orden|bestellung|order)\b|\b(?:commande|pedido|orden|bestellung) {_ID}$|\bincrement id\b",
        r"^(?:sales )?order$|^commande$|^pedido$|^bestellung$|^auftrag$",
        rf"\b(?:invoice|bill|facture|factura|rechnungs?) ?{_ID}\b|^rechnungs(?:nummer|nr)$|\b{_ID}{_OF} (?:facture|factura|rechnung|invoice)\b"
        r"|^(?:invoice|facture|factura|rechnung)$",
        rf"\b(?:transaction|trans|txn|trx|receipt|basket|cart|checkout|sale|beleg|bon|ticket|purchase|booking|vorgangs?) ?{_ID}\b"
        rf"|^(?:beleg|bon|vorgangs|transaktions)(?:nummer|nr|id)$|\b{_ID}{_OF} (?:transaction|ticket|venta|vente|compra)\b"
        r"|^(?:transaction|receipt|basket)$",
        never=r"line\w*|item|row|position|date|status|type|total|amount|count|product|value|datum|parent|source|note|quantity"
        r"|currency|method|tax|customer id|promo\w*|discount\w*|coupon",
    ),
    "product": _wording(
        r"\bsku\b|\bstock ?code\b|\b(?:product|item|article|artikel|produkt|produit|producto|articulo|material|style|variant|prod)"
        rf" ?{_ID}s?$|\b{_ID}{_OF} (?:produit|article|producto|articulo)\b|^artikel(?:nummer|nr)$|^(?:asin|ean|gtin|upc|isbn|barcode|plu)$"
        r"|^(?:ref|reference|referencia|referenz)$",
        r"\b(?:product|item|article|artikel|produkt|line ?item) ?(?:name|title|description|titel|bezeichnung)\b|^description$"
        r"|^(?:artikel|produkt)?bezeichnung$|^designation$|^descripcion$|\b(?:nombre|nom|libelle)(?: du| del?)? (?:produit|producto|article|articulo)\b",
        r"^(?:product|item|article|artikel|produkt|produit|producto|articulo|title|stock|goods)s?(?: purchased)?$",
        never=r"category|line|group|type|price|cost|quantity|count|total|date|status|tax|order|lineitem id|image|url|review",
    ),
    "category": _wording(
        r"^(?:product |item |main |article )?(?:category|categories|kategorie|produktkategorie|categorie|categoria)(?: name)?$"
        rf"|^(?:categorie|categoria){_OF} (?:produit|producto|articulo)s?$",
        r"\bproduct ?line\b|\bproduktlinie\b|\b(?:waren|produkt|artikel) ?gruppe\b|^sortiment$|^(?:famille|rayon|familia|seccion|gamme)$"
        r"|^(?:department|abteilung|departement|departamento)$|\b(?:product|item|produkt) ?(?:type|group|family|class|typ)\b"
        rf"|^(?:famille|familia|type|tipo){_OF} (?:produits?|productos?|articles?)$|\bcategory name\b",
        r"\b(?:sub|unter|sous) ?(?:category|kategorie|categorie|categoria)\b|^(?:category|categorie|kategorie) \w+$|\bdepartment\b",
        never=r"customer|client|kunde\w*|cliente|age|price|payment|shipping|order|tax",
    ),
    "refunded": _wording(
        r"\brefund(?:ed)? ?(?:amount|total|value|subtotal)?$|\b(?:total|amount) refunded\b|\brefund amount\b",
        r"\w*erstatt(?:et|ung)\w*|\brembourse(?:ment)?s?\b|\breembols\w+|\bretouren(?:wert|betrag)\b|\breturn(?:ed)? (?:amount|value)\b"
        r"|\b(?:importe|montant) (?:devuelto|retourne)\b",
        never=r"tax|shipping|qty|quantity|date|at|on|reason|status|id|discount|partially|is|has|online|offline|count|items?",
    ),
}  # fmt: skip

BARE_TOTAL = re.compile(r"^(?:base )?total(?: ttc| ht| usd| eur| gbp)?$|^(?:summe|gesamt)$")
SUBTOTAL = re.compile(r"\bsub ?total\b|\b(?:zwischensumme|sous total)\b")
OF_THE_ORDER = re.compile(
    r"\b(?:grand total|(?:order|invoice|bestell|auftrags?|rechnungs?) ?(?:total|amount|value|wert|summe|betrag))\b"
    rf"|\btotal{_OF} (?:commande|facture|pedido|factura)\b"
)
"""Names that say the amount of a whole order."""
OF_THE_LINE = re.compile(r"\b(?:line|row|item|lineitem)\b")


def plain(name: str) -> str:
    """Return a column's words in lower case without accents and signs."""
    return " ".join(vocabulary.tokens(name))


def rank(part: Named, name: str) -> int | None:
    """Return how surely a name means a part of an order, 0 being surest; None where it does not."""
    text = _TAXED.sub("", plain(name)) if part == "amount" else plain(name)
    wording = _WORDINGS[part]
    if _NET.search(name) or wording.never.search(text):
        return None
    return next((place for place, pattern in enumerate(wording.ranks) if pattern.search(text)), None)


@dataclass(frozen=True)
class Export:
    """What a shop's export is known by (one of these sets of columns), and the columns of its orders, best first."""

    shop: str
    signs: tuple[frozenset[str], ...]
    parts: dict[Named, tuple[str, ...]]
    returned: frozenset[str] = frozenset()


_EXPORTS = (
    # help.shopify.com: an order is a block of lines, and what is the whole order's stands on the first
    Export(
        "Shopify",
        (frozenset({"financial status", "lineitem quantity"}), frozenset({"financial status", "lineitem name"})),
        {
            "order": ("name",),
            "date": ("created at", "paid at"),
            "amount": ("total", "subtotal"),
            "quantity": ("lineitem quantity",),
            "price": ("lineitem price",),
            "product": ("lineitem sku", "lineitem name"),
            "refunded": ("refunded amount",),
        },
    ),
    # the plugins "Advanced Order Export" and "Customer / Order / Coupon Export"
    Export(
        "WooCommerce",
        (
            frozenset({"order total amount", "order status"}),
            frozenset({"order total", "order currency", "payment method title"}),
            frozenset({"order total", "customer user"}),
        ),
        {
            "order": ("order number", "order id"),
            "date": ("order date", "date", "date created"),
            "amount": ("order total amount", "order total"),
            "quantity": ("quantity", "item quantity"),
            "price": ("item cost", "item price"),
            "product": ("sku", "item sku", "item name", "name"),
            "refunded": ("order refund amount", "refunded total", "total refunded"),
        },
    ),
    # the orders grid, and the table sales_order (sales_flat_order in Magento 1)
    Export(
        "Magento",
        (
            frozenset({"grand total base", "purchase date"}),
            frozenset({"grand total purchased", "purchase date"}),
            frozenset({"increment id", "grand total"}),
            frozenset({"increment id", "base grand total"}),
        ),
        {
            "order": ("increment id", "id", "order id"),
            "date": ("purchase date", "created at"),
            "amount": ("grand total base", "base grand total", "grand total purchased", "grand total"),
            "refunded": ("base total refunded", "total refunded"),
        },
        returned=frozenset({"closed"}),
    ),
)


def export_of(names: list[str]) -> Export | None:
    """Return the shop whose export has these columns, or None."""
    found = {plain(name) for name in names}
    return next((export for export in _EXPORTS if any(sign <= found for sign in export.signs)), None)
