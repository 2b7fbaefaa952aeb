"""Words found in column names, in English, German, French and Spanish: lower case, no accents."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONEY = _words(
    """
        spend spending spent revenue revenues sales income salary price amount amt balance cost costs fee
        fees charge charges turnover budget profit margin msrp debt loan wage wealth asset assets clv ltv
        arpu aov monetary gmv earnings money dollar dollars eur usd gbp chf euro euros bill billing deposit
        deposits premium rent umsatz einkommen gehalt preis betrag kosten erlos mnt montant chiffre prix
        revenu revenus depense depenses solde importe ventas ingresos ingreso gasto gastos precio saldo
        salario facturacion
        """
)
MAYBE_MONEY = _words(
    """
        purchase purchases payment payments cash credit limit total value basket warenkorb panier wert valor
        valeur kauf einkauf achat achats
        """
)
GOODS = _words(
    """
        fresh milk dairy grocery groceries frozen detergents paper delicassen delicatessen deli wine wines
        fruit fruits vegetables meat fish sweets bakery bread beverages drinks beer snacks clothing clothes
        apparel shoes footwear cosmetics beauty electronics furniture toys books jewelry jewellery household
        appliances
        """
)
COUNT = _words(
    """
        num number no nr nb n count counts cnt anzahl nombre numero cantidad qty quantity menge kid kids
        child children kinder enfants hijos teen teens kidhome teenhome visit visits besuche trx trans
        transactions txn orders bestellungen commandes pedidos clicks sessions logins opens calls items
        units bookings stays returns tickets employees persons people adults rooms flights trips nights
        dependents
        """
)
RATE = _words(
    """
        frequency freq rate ratio share percent percentage pct prc prozent score rating index rank ranking
        probability prob nps
        """
)
TIME = _words(
    """
        age alter edad year years jahr jahre annee annees ano anos month months monat monate mois mes meses
        day days tag tage jour jours dia dias week weeks tenure duration recency hour hours minutes seconds
        since
        """
)
NOT_MONEY = (
    _words(
        """
        num number count cnt nb nr anzahl trx trans transactions txn orders visits days tage jours age
        """
    )
    | RATE
)
DATE = _words("date dt datum fecha created registered joined signup enrolled since birthday dob geburtstag")
CUSTOMER = _words(
    """
        customer customers cust client clients kunde kunden cliente clientes shopper buyer subscriber donor
        cardholder
        """
)
ONE_CUSTOMER = _words("customer cust client kunde kunden cliente")
PERSON = _words(
    """
        user member account acct household konto mitglied membre miembro card loyalty person visitor
        contract guest patient
        """
)
ID = _words(
    """
        id ids no nr nummer number num numero key code ref uuid guid identifier
        """
)
NOMINAL = _words(
    """
        code codes type class cluster segment group zip plz postal postcode postleitzahl id ids
        """
)
POSTAL = _words("zip zipcode plz postal postalcode postcode postleitzahl cp")
ORDER = _words(
    """
        order invoice transaction bestell bestellung rechnung rechnungs facture commande pedido factura
        receipt basket
        """
)
QUANTITY = _words("quantity qty menge quantite cantidad units pieces")
PRICE = _words("price preis prix precio unitprice")
NAME = _words(
    """
        name names nom nombre nombres namen vorname nachname prenom surname apellido apellidos firstname
        lastname fullname username nickname
        """
)
NAME_OF_A_THING = _words(
    """
        product produkt producto produit item article artikel brand marke store shop branch filiale city
        stadt ville ciudad country land pays pais region state province category segment campaign channel
        plan tariff package department team file column event month weekday day course model group
        school bank hotel project source program tier level
        """
)
CONTACT = {
    "an e-mail address": _words("email mail emailaddress"),
    "a phone number": _words(
        """
        phone telephone tel telefon telefono mobile mobil handy cell fax telefonnummer phonenumber msisdn
        """
    ),
    "a street address": _words(
        """
        street strasse address addressline adresse anschrift direccion calle domicilio rue hausnummer
        """
    ),
    "a bank account": _words("iban"),
    "an IP address": _words("ip ipaddress"),
    "a social media handle": _words("twitter instagram facebook linkedin whatsapp skype tiktok handle"),
    "an identity document": _words("ssn passport dni nif"),
}
CHANNEL = _words(
    """
        cellular cell mobile mobil movil handy phone telephone telefon telefono email mail post postal letter
        brief carta courrier sms text fax web website online internet chat app whatsapp store shop branch filiale
        person call direct none unknown unbekannt other sonstige any all both keine
        """
)
ABOUT_CONTACT = (
    _words(
        """
        opened open click clicked optin opt consent type domain provider status service usage model os
        verified has is accepts
        """
    )
    | _words(
        """
        accepted campaign response channel sent subscribed newsletter marketing bounced plan kind
        """
    )
    | COUNT - {"no", "nr", "number", "num", "n"}
    | RATE
    | TIME
)
AGE = _words("age alter edad")
BARE_ID = _words("id ids uuid guid identifier")
PARTIAL = _words("avg average mean median min max minimum maximum last first expected predicted per")
