"""What marketing calls a high or a low value of a column: the words personas are named with.

A concept is found by the column's name or label (English, German, French and Spanish words). Each side has
an adjective and a noun, so that any two sides make a name: "High-income" + "light spenders".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Side:
    """One direction of a concept: the adjective capitalised, the noun not; None where there is no good word.

    `more` is what makes it stronger ("Very", "Much", "Heavy"), None where it has no degrees.
    """

    adjective: str | None
    noun: str | None
    more: str | None

    @property
    def some(self) -> str | None:
        """What makes it weaker: "Fairly", and "Somewhat" with a comparative."""
        return {"Very": "Fairly", "Much": "Somewhat"}.get(self.more or "")


@dataclass(frozen=True)
class Concept:
    """A thing many customer tables measure; `key` is what actions ask for, `weight` how much marketing cares for it."""

    key: str
    pattern: str
    high: Side
    low: Side
    weight: float = 1.0


def side(text: str) -> Side:
    """Return a side written "Adjective / noun" or "Adjective / noun / degree", a dash where there is no good word."""
    adjective, noun, *degree = (None if part.strip() in ("-", "") else part.strip() for part in text.split("/"))
    first = adjective or noun or ""
    derived = "Much" if re.match(r"\w*(er|ess)\b", first, re.IGNORECASE) else "Very"
    return Side(adjective, noun, degree[0] if degree else derived)


def _concept(key: str, weight: float, high: str, low: str, pattern: str) -> Concept:
    return Concept(key, pattern, side(high), side(low), weight)


NONE = "- / -"
NEW = side("New / newcomers / -")
"""The low side of tenure where it is short in itself, not only shorter than others'."""
LAPSED = side("Lapsed / lapsed customers / -")
"""The high side of recency where it is long in itself."""

# A table: key, weight, what high and low are called, and how its columns are named.
# fmt: off
SPEND = _concept("spend", 1.3, "High-spending / big spenders", "Low-spending / light spenders",
         r"spend|spent|revenue|sales|monetary|turnover|umsatz|erlos|chiffre|ventas|gasto|depense|purchases?\b"
         r"|achats$|(lifetime|customer) value|\bclv\b|\bltv\b|\bgmv\b|total (amount|value|purchases?)|kaufbetrag"
         r"|montant|importe")

CONCEPTS = (
    _concept("pace", 0.9, "Slow-paced / slow-paced buyers", "Fast-paced / fast-paced buyers",
             r"(days|weeks|months|time) between (orders|purchases)|\binter ?purchase"),
    _concept("trend", 0.7, NONE, NONE,
             r"\brecent share\b"),
    _concept("volume", 0.8, "High-volume / volume buyers / Keen", "Low-volume / low-volume buyers",
             r"\b(items?|units?|pieces) (per|an) (order|basket|purchase)"),
    _concept("birth", 0.9, "Younger / younger customers", "Older / older customers",
             r"birth|geburt|geboren|naissance|nacimiento|\bdob\b"),
    _concept("age", 0.9, "Older / older customers", "Younger / younger customers",
             r"\bage\b|\balter\b|\bedad\b|lebensalter"),
    _concept("recency", 1.2, "Less recent / less recent buyers", "Active / active buyers",
             r"recency|last (order|purchase|visit|seen|active|login)|since (order|purchase|last)|letzte|derni"
             r"|ultim[oa]|inactiv|inaktiv"),
    _concept("tenure", 1.0, "Long-standing / long-time customers", "Newer / newer customers",
             r"tenure|enrol|sign ?up|regist|joined|since (customer|member|first)"
             r"|(member(ship)?|client|cliente|kunde|mitglied) (since|seit|depuis|desde)|becoming a"
             r"|first (order|purchase)|on book|antiguedad|anciennete|erste[nr]? (bestellung|kauf)"
             r"|premiere? (commande|achat)|primer[ao]? (pedido|compra)"),
    _concept("basket", 1.0, "Large-basket / large-basket buyers", "Small-basket / small-basket buyers",
             r"basket|order value|\baov\b|\b(average|avg|mean) (order|purchase|spend|ticket)|warenkorb|bestellwert"
             r"|bon(wert|hohe)|panier|cesta|ticket (medio|promedio)"),
    _concept("discount", 1.1, "Deal-seeking / bargain hunters / Keen", "Full-price / full-price buyers / -",
             r"discount|\bdeals?\b|coupon|promo|voucher|rabatt|gutschein|remise|soldes|descuento|rebaja|oferta"
             r"|markdown|on offer"),
    _concept("returns", 0.8, "High-return / frequent returners", "Low-return / rare returners",
             r"\breturn|returned|retour|rucksend|refund|rembours|devoluci"),
    _concept("support", 0.6, "Support-heavy / support users / Heavy", "Low-support / low-support customers",
             r"ticket|support|complain|claims?\b|(service|support) (calls?|contacts?)|hotline|beschwerde|reklam"
             r"|reclam|plainte|queja"),
    _concept("cash", 1.1, "Cash-advance / cash-advance users / Heavy", NONE,
             r"cash (advance|withdraw)|bargeld|retrait|retiro|adelanto"),
    _concept("instalments", 0.9, "Instalment-paying / instalment buyers / -", "Low-instalment / rare instalment buyers",
             r"instal|raten(zahl|kauf)|mensualit|cuotas|a plazos"),
    _concept("oneoff", 0.9, "Pay-at-once / pay-at-once buyers / Keen", NONE,
             r"one ?off"),
    _concept("full_payment", 0.9, "Pay-in-full / full payers / Keen", NONE,
             r"full payment|paid in full|pay(s|ing)? in full"),
    _concept("owed", 0.5, NONE, NONE,
             r"minimum payment"),
    _concept("usage", 0.9, NONE, "Quiet / quiet cardholders",
             r"balance freq"),
    _concept("limit", 0.8, "High-limit / high-limit customers", "Lower-limit / lower-limit customers",
             r"limit\b"),
    _concept("income", 1.2, "High-income / high earners", "Lower-income / modest earners",
             r"income|salar|wage|einkommen|gehalt|lohn|\brevenus?\b|ingresos?\b|\brenta\b|earning"),
    _concept("visits", 0.9, "Browsing / frequent visitors", NONE,
             r"visit|session|page ?view|brows|logins?\b|besuch|sitzung|app (opens?|use)"),
    _concept("online", 0.8, "Online / online buyers / Keen", NONE,
             r"\bweb\b|online|internet|app purchase|en ligne|en linea"),
    _concept("catalogue", 0.8, "Catalogue / catalogue buyers / Keen", NONE,
             r"catalog|katalog"),
    _concept("store", 0.8, "In-store / store buyers / Keen", NONE,
             r"store|in ?shop|filial|\bladen|magasin|tienda"),
    _concept("teens", 0.8, "- / families with teens / -", NONE,
             r"\bteen"),
    _concept("children", 0.9, "- / families with children / -", NONE,
             r"\bkids?\b|\bkidhome|child|kinder|enfants|hijos|ninos|dependents?\b"),
    _concept("household", 0.8, "Large-household / large households", "Small-household / small households",
             r"household size|family size|haushalt|foyer|hogar"),
    _concept("status", 1.0, "Status-earning / status flyers / Keen", NONE,
             r"qual(ifying)? miles|status (miles|points)|elite|\btier (miles|points)"),
    _concept("flights", 1.2, "Frequent-flying / frequent flyers", "Infrequent-flying / infrequent flyers",
             r"flight|flown|\bflug|\bfluge|\bvols?\b|vuelo"),
    _concept("bonus", 1.0, "Bonus-collecting / bonus collectors / Keen", "Low-bonus / -",
             r"bonus|points\b|loyalty|rewards?\b|punkte|puntos|pramie"),
    _concept("stays", 1.1, "Frequent / frequent guests", "Occasional / occasional guests",
             r"\bnights?\b|\bstays?\b|bookings?\b|ubernacht|nuitees|noches|reservas"),
    _concept("frequency", 1.1, "Frequent / frequent buyers", "Occasional / occasional buyers",
             r"frequen|orders?\b|transaction|\btrans\b|\btrx\b|\btxns?\b|number of purchases|purchase count"
             r"|bestellungen|anzahl (kaufe|einkaufe)|haufigkeit|commandes|(nombre|nb) (d )?achats|pedidos"
             r"|(numero|cantidad)( de)? compras"),
    _concept("balance", 1.0, "High-balance / high-balance customers", "Low-balance / low-balance customers",
             r"balance|saldo|kontostand|guthaben|\bsolde\b"),
    _concept("payments", 0.7, "High-payment / large payers", "Low-payment / small payers",
             r"payments?\b|zahlung|paiement|\bpagos?\b"),
    _concept("profit", 0.9, "High-profit / high-profit customers", "Low-profit / low-profit customers",
             r"profit|margin|marge\b|margen|gewinn|deckungsbeitrag|beneficio"),
    _concept("price", 0.8, "Premium / premium buyers / -", "Low-price / low-price buyers",
             r"\bprice|preis|\bprix\b|precio"),
    _concept("volume", 0.8, "High-volume / volume buyers / Keen", "Low-volume / low-volume buyers",
             r"quantity|\bitems?\b|\bunits?\b|volume|\bmenge\b|stuck\b|quantite|unidades"),
    _concept("variety", 0.8, "Wide-range / wide-range buyers", "Narrow-range / narrow-range buyers",
             r"variety|categories|(distinct|different) products|assortment|sortiment"),
    _concept("reading", 0.8, "Mail-reading / mail readers / Keen", NONE,
             r"opens?\b|open rate|clicks?\b|click rate|\bctr\b|newsletter"),
    _concept("satisfaction", 0.9, "Satisfied / satisfied customers", "Less satisfied / less satisfied customers",
             r"\bnps\b|satisf|zufrieden|rating|\bcsat\b|bewertung"),
    _concept("using", 1.0, "Heavy-use / heavy users", "Light-use / light users",
             r"minutes|data usage|\bgb\b|\bmb\b|\busage\b|nutzung|kwh"),
    SPEND,
)

NOUNS = (
    "teens", "children", "flights", "gender", "spend", "goods", "discount", "instalments", "oneoff", "cash",
    "full_payment", "frequency", "stays", "tenure", "bonus", "catalogue", "online", "store", "using", "basket",
    "recency", "volume", "income", "age", "birth",
)
"""Which concept makes the better noun: "High-income big spenders", not "High-spending high earners"."""

FIRST = ("tenure", "recency", "age", "birth")
"""Which adjectives come first where there are two: "Older high-income light spenders"."""

ECHOES = frozenset(
    frozenset(pair.split())
    for pair in (
        "spend+ frequency+", "spend- frequency-", "spend+ basket+", "spend- basket-", "spend+ volume+",
        "spend- volume-", "spend+ profit+", "spend- profit-", "spend+ goods+", "spend- goods-", "spend+ payments+",
        "spend- payments-", "recency+ visits-", "recency- visits+", "recency+ frequency-", "recency- frequency+",
        "frequency+ visits+", "frequency- visits-", "frequency+ volume+", "frequency- volume-", "bonus+ balance+",
        "bonus- balance-", "income+ limit+", "income- limit-", "children+ household+", "flights+ status+",
    )
)
"""Pairs that nearly say the same thing twice."""

CLASHES = frozenset(
    frozenset((pace, habit))
    for pace in ("frequency", "visits")
    for habit in ("cash", "full_payment", "bonus", "flights", "status", "support", "returns", "reading")
)
"""Pairs that would be read as one thing: in "Occasional cash-advance users" it is purchases that are occasional."""

_LEVELS = {
    "Female / women / -": "female woman women weiblich frau femme feminin mujer femenino",
    "Male / men / -": "male man men mannlich mann herr homme masculin hombre masculino",
    "Married / married customers / -": "married verheiratet marie mariee casado casada",
    "Single / single customers / -": "single ledig celibataire soltero soltera",
}
LEVELS = {word: side(text) for text, words in _LEVELS.items() for word in words.split()}
"""Words for the levels of a category."""
# fmt: on

_GOODS = re.compile(
    r"\b(wines?|fruits?|meat|fish|sweets?|gold|fresh|milk|dairy|grocery|groceries|frozen|detergents?|paper|delicassen|delicatessen|bakery|"
    r"bread|vegetables?|drinks?|beverages?|snacks?|beauty|fashion|clothing|clothes|shoes?|books?|toys?|garden|electronics?|sports?|home|"
    r"kitchen|pets?|cheese|coffee|tea|beer|cosmetics?|furniture|jewell?ery)\b"
)
_GOODS_AS_SAID = {"delicassen": "delicatessen", "groceries": "grocery", "clothes": "clothing", "sweet": "sweets"}
_COUNTED = ("book", "shoe", "toy", "drink", "beverage", "snack", "vegetable")
_UNCOUNTED = ("electronics", "cosmetics", "sports", "sweets")


def concept_of(name: str, label: str) -> Concept | None:
    """Return the concept a column measures, by its name or label; None where none is known."""
    text = plain(f"{name} {label}")
    found = next((concept for concept in CONCEPTS if re.search(concept.pattern, text)), None)
    if found and found.key == "birth" and "days since" in text:  # a date: the more days since, the older
        found = next(concept for concept in CONCEPTS if concept.key == "age")
    goods = _GOODS.search(text)
    if goods and found in (None, SPEND):
        said = _GOODS_AS_SAID.get(goods[1], goods[1])
        word = said if said in _UNCOUNTED else said.removesuffix("s") if not said.endswith("ss") else said
        return _concept(
            f"goods:{word}",
            0.7,
            f"{word.capitalize()}-buying / big {word} buyers / -",
            f"- / light {word} buyers",
            word,
        )
    return found


def plain(text: str) -> str:
    """Return words in lower case without accents, "NumWebPurchases" and "web_purchases" alike."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower().replace("ß", "ss")
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", split) if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


def goods_words(key: str) -> str:
    """Return a kind of goods as a thing to offer: "wine", "books"."""
    word = key.partition(":")[2]
    return f"{word}s" if word in _COUNTED else word
