"""What a column's name says, in English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata
from functools import cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONEY = _words(
    "spend spending spent revenue revenues sales income salary price amount amt balance cost costs fee fees charge charges"
    " turnover budget profit margin msrp debt loan wage wealth asset assets clv ltv arpu aov monetary gmv earnings money"
    " dollar dollars eur usd gbp chf euro euros bill billing deposit deposits premium rent"
    " umsatz einkommen gehalt preis betrag kosten erlos mnt montant chiffre prix revenu revenus depense depenses solde"
    " importe ventas ingresos ingreso gasto gastos precio saldo salario facturacion"
)
_MAYBE_MONEY = _words("purchase purchases payment payments cash credit limit total value wert valor valeur kauf einkauf achat achats")
_GOODS = _words(
    "fresh milk dairy grocery groceries frozen detergents paper delicassen delicatessen deli wine wines fruit fruits vegetables"
    " meat fish sweets bakery bread beverages drinks beer snacks clothing clothes apparel shoes footwear cosmetics beauty"
    " electronics furniture toys books jewelry jewellery household appliances"
)
_COUNT = _words(
    "num number no nr nb n count counts cnt anzahl nombre numero cantidad qty quantity menge kid kids child children kinder"
    " enfants hijos teen teens kidhome teenhome visit visits besuche trx trans transactions txn orders bestellungen commandes"
    " pedidos clicks sessions logins opens calls items units bookings stays returns tickets employees persons people adults"
    " rooms flights trips nights size_of dependents"
)
_RATE = _words("frequency freq rate ratio share percent percentage pct prc prozent score rating index rank ranking probability prob nps")
_TIME = _words(
    "age alter edad year years jahr jahre annee annees ano anos month months monat monate mois mes meses day days tag tage"
    " jour jours dia dias week weeks tenure duration recency hour hours minutes seconds since"
)
_NOT_MONEY = _words("num number count cnt nb nr anzahl trx trans transactions txn orders visits days tage jours age") | _RATE
_DATE = _words("date dt datum fecha created registered joined signup enrolled since birthday dob geburtstag day tag jour dia")
_CUSTOMER = _words("customer customers cust client clients kunde kunden cliente clientes shopper buyer subscriber donor cardholder")
_PERSON = _words("user member account acct household konto mitglied membre miembro card loyalty person visitor contract guest patient")
_ID = _words("id ids no nr nummer number num numero key code ref uuid guid identifier")
_NOMINAL = _words("code codes type class cluster segment group zip plz postal postcode postleitzahl id ids")
_POSTAL = _words("zip zipcode plz postal postalcode postcode postleitzahl cp")
_ORDER = _words("order invoice transaction bestell bestellung rechnung rechnungs facture commande pedido factura receipt basket")
_QUANTITY = _words("quantity qty menge quantite cantidad units pieces")
_PRICE = _words("price preis prix precio unitprice")
_NAME = _words("name names nom nombre nombres namen vorname nachname prenom surname apellido apellidos firstname lastname fullname username nickname")
_NAME_OF_A_THING = _words(
    "product produkt producto produit item article artikel brand marke store shop branch filiale city stadt ville ciudad country"
    " land pays pais region state province category segment campaign channel plan tariff package department team file column"
    " event month weekday day course model group street_type school bank hotel project source program tier level"
)
_CONTACT = {
    "an e-mail address": _words("email mail emailaddress"),
    "a phone number": _words("phone telephone tel telefon telefono mobile mobil handy cell fax telefonnummer phonenumber msisdn"),
    "a street address": _words("street strasse address addressline adresse anschrift direccion calle domicilio rue hausnummer"),
    "a bank account": _words("iban"),
    "an IP address": _words("ip ipaddress"),
    "a social media handle": _words("twitter instagram facebook linkedin whatsapp skype tiktok handle"),
    "an identity document": _words("ssn passport dni nif"),
}
_ABOUT_CONTACT = (
    _words("opened open click clicked optin opt consent type domain provider status service usage model os verified has is accepts")
    | _words("accepted campaign response channel sent subscribed newsletter marketing bounced plan kind")
    | _COUNT - {"no", "nr", "number", "num", "n"}
    | _RATE
    | _TIME
)
_COMPOUND = re.compile(
    r"^(customer|cust|client|kunden|kunde|user|member|account|order|invoice|transaction|rechnungs|bestell|product|produkt|row|store"
    r"|contact|first|last|full|postal|zip)(id|ids|no|nr|number|nummer|name|key|code|date|datum|linenumber)$"
)


@cache
def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case without accents: snake, kebab and camel case are split, digits stand alone."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.strip().replace("ß", "ss"))
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(sign)).lower()
    found: list[str] = []
    for word in re.findall(r"[^\W\d_]+|\d+", plain.replace("e-mail", "email")):
        compound = _COMPOUND.match(word)
        found.extend(compound.groups() if compound else (word,))
    return tuple(found)


def _says(name: str, words: frozenset[str]) -> bool:
    """Return whether a word, or either end of a compound such as PRICEEACH or Jahresumsatz, is among the words."""
    found = tokens(name)
    if not words.isdisjoint(found):
        return True
    return any(part.startswith(word) or part.endswith(word) for part in found for word in words if len(word) >= 5)


def says_money(name: str, *, whole: bool, high: float) -> bool:
    """Return whether the name means money; words that may also count things need values that look like money."""
    if _says(name, _MONEY) and _NOT_MONEY.isdisjoint(tokens(name)):
        return True
    if _says(name, _COUNT | _RATE | _TIME):
        return False
    return (not whole or high >= 1000) and (_says(name, _MAYBE_MONEY) or says_goods(name))


def says_goods(name: str) -> bool:
    """Return whether the name is nothing but a kind of goods (a column of spend, as in Fresh, Milk, Grocery)."""
    return bool(tokens(name)) and _GOODS.issuperset(tokens(name))


def says_measure(name: str) -> bool:
    """Return whether the name counts, times or rates something, or means money: its small whole numbers are no codes."""
    return tokens(name)[:1] not in {("is",), ("has",)} and _says(name, _COUNT | _RATE | _TIME | _MONEY)


def says_date(name: str) -> bool:
    """Return whether the name means a day."""
    return _says(name, _DATE - {"day", "tag", "jour", "dia"}) or not _DATE.isdisjoint(tokens(name)) or tokens(name)[-1:] in {("at",), ("on",)}


def says_code(name: str) -> bool:
    """Return whether the name means a code: its numbers are names of things, not measures."""
    return not (_NOMINAL | _POSTAL).isdisjoint(tokens(name)) and not _says(name, _MONEY)


def says_postal(name: str) -> bool:
    """Return whether the name means a postal code."""
    return not _POSTAL.isdisjoint(tokens(name))


def says_quantity(name: str) -> bool:
    """Return whether the name means how many of a thing were bought."""
    return _says(name, _QUANTITY)


def says_price(name: str) -> bool:
    """Return whether the name means the price of one thing."""
    return _says(name, _PRICE)


def says_order(name: str) -> bool:
    """Return whether the name means the number of an order or invoice."""
    return not _ORDER.isdisjoint(tokens(name)) and not _ID.isdisjoint(tokens(name))


def says_age(name: str) -> bool:
    """Return whether the name means an age in years."""
    return tokens(name)[:1] in {("age",), ("alter",), ("edad",)} or tokens(name)[-1:] in {("age",), ("alter",), ("edad",)}


def says_customer(name: str) -> bool:
    """Return whether a customer is named, by whatever sign of hers."""
    return not _CUSTOMER.isdisjoint(tokens(name))


def says_row_number(name: str) -> bool:
    """Return whether the name is that of a written-out index."""
    return tokens(name) in {(), ("index",), ("unnamed", "0"), ("row",), ("row", "id"), ("row", "number"), ("row", "names"), ("level", "0")}


def id_rank(name: str) -> int:
    """Return how surely the name is a customer's id: 4 customer id, 3 user id or customer, 2 id, 1 user, 0 none of these."""
    words = set(tokens(name)) - {"crm", "unique", "master", "main", "primary", "sap", "the"}
    customer, person, identity = words & _CUSTOMER, words & _PERSON, words & _ID
    if not words or words - _CUSTOMER - _PERSON - _ID:
        return 0
    if customer:
        return 4 if identity else 3
    if person:
        return 3 if identity else 1
    return 2 if words & {"id", "ids", "uuid", "guid", "identifier"} else 0


def says_other_id(name: str) -> bool:
    """Return whether the name is the id of something other than a customer."""
    return tokens(name)[-1:] in {("id",), ("ids",), ("uuid",), ("guid",)} and id_rank(name) == 0


def personal(name: str) -> str | None:
    """Return what of a person the name announces, "a person's name" for example, or None."""
    words = set(tokens(name))
    if words & _NAME and not words & _NAME_OF_A_THING:
        return "a person's name"
    if any(word.endswith(("firstname", "lastname", "surname", "fullname", "vorname", "nachname")) for word in words):
        return "a person's name"
    if words & _ABOUT_CONTACT:
        return None
    return next((what for what, signs in _CONTACT.items() if words & signs), None)


_WORTH = (
    re.compile(r"^(?:customer )?(?:lifetime value|clv|ltv|cltv)$|lifetime value|\bcl?t?lv\b|\bltv\b"),
    re.compile(r"\b(?:total|annual|yearly|overall|gesamt)\b.*\b(?:revenue|spend|spending|spent|sales|purchases|umsatz|turnover|amount)\b"),
    re.compile(r"\b(?:revenue|umsatz|gesamtumsatz|jahresumsatz|chiffre|ventas|monetary|gmv|turnover|facturacion|erlos)\b"),
    re.compile(r"\b(?:amount spent|money spent|spend|spent|spending|sales)\b"),
    re.compile(r"^(?:purchases?|amount|umsatz|montant|betrag|importe|achats|gasto)$"),
)


def best_worth(names: list[str]) -> str | None:
    """Return the one name that says best what a customer is worth; None where none does, or several do equally."""
    for pattern in _WORTH:
        found = [name for name in names if pattern.search(" ".join(tokens(name)))]
        plain = min((len(tokens(name)) for name in found), default=0)
        shortest = [name for name in found if len(tokens(name)) == plain]
        if len(found) == 1 or (len(shortest) == 1 and plain <= 2):
            return shortest[0]
        if found:
            return None
    return None
