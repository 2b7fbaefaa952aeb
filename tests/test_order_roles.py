"""Whether rows are orders, and which of their columns is what."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segreport.columns import Survey, survey
from segreport.errors import InputError
from segreport.orders.finding.detecting import holds_orders
from segreport.orders.finding.per_order import Block, level_of
from segreport.orders.finding.roles import find_roles
from segreport.orders.finding.states import meaning
from segreport.orders.finding.words import PARTS, rank
from segreport.orders.order import Roles, State
from segreport.settings import ColumnSettings, OrderSettings, ReadSettings
from segreport.sources import open_source

DATA = Path(__file__).parents[2] / "shared" / "data"
real = pytest.mark.skipif(not DATA.exists(), reason="needs the public files in ../shared/data")
TODAY = dt.date(2026, 11, 1)
ORDERS = OrderSettings()


def read(data: Any, choices: ColumnSettings | None = None, names: tuple[str, ...] | None = None) -> Survey:
    source = open_source(data, ReadSettings(names=names))
    return survey(source.table, choices or ColumnSettings(), today=TODAY, name="shop.csv")


def table(*rows: Mapping[str, object]) -> pd.DataFrame:
    """Return rows as a text file holds them."""
    frame = pd.DataFrame([dict(row) for row in rows])
    return frame.astype("str").where(frame.notna())


def bought(orders: int = 30) -> Iterator[tuple[int, int, str, int, str, int, float]]:
    """Return lines, one to three an order: order, customer, day, place in it, product, quantity, price."""
    for order in range(orders):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=3 * order)
        for place in range(1 + order % 3):
            product = f"P-{(order * 7 + place * 3) % 23:03d}"
            yield order, order % 11, day.isoformat(), place, product, 1 + (order + place) % 4, 1.5 + order + place / 4


def plain_lines(**more: Sequence[str]) -> pd.DataFrame:
    """Return lines with a customer, a date, an order number and an amount, and columns that go through some values."""
    return table(
        *(
            {"order_id": f"A{order}", "customer_id": 100 + who, "date": day, "amount": price * many}
            | {name: values[order % len(values)] for name, values in more.items()}
            for order, who, day, _, _, many, price in bought()
        )
    )


def totals() -> dict[int, float]:
    found: dict[int, float] = {}
    for order, _, _, _, _, many, price in bought():
        found[order] = found.get(order, 0) + many * price
    return found


def shopify() -> pd.DataFrame:
    worth = totals()
    return table(
        *(
            {
                "Name": f"#{1001 + order}",
                "Email": f"c{who}@example.com",
                "Financial Status": ("paid", "refunded", "voided", "partially_refunded")[order % 4] if not at else None,
                "Paid at": f"{day} 10:00:00 +0100" if not at else None,
                "Subtotal": worth[order] if not at else None,
                "Shipping": 4 + order % 2 / 2 if not at else None,
                "Total": worth[order] + 5 if not at else None,
                "Created at": f"{day} 09:58:00 +0100",
                "Lineitem quantity": many,
                "Lineitem name": f"Thing {product}",
                "Lineitem price": price,
                "Lineitem sku": product,
                "Billing Name": f"Person {who}",
                "Cancelled at": f"{day} 12:00:00 +0100" if order % 9 == 0 else None,
                "Refunded Amount": order % 5 / 2 if not at else None,
                "Id": 5_000_000 + order if not at else None,
            }
            for order, who, day, at, product, many, price in bought()
        )
    )


def woocommerce() -> pd.DataFrame:
    worth = totals()
    return table(
        *(
            {
                "Order Number": 4000 + order,
                "Order Status": ("wc-completed", "wc-cancelled", "wc-refunded", "wc-on-hold")[order % 4],
                "Order Date": f"{day} 10:00",
                "Email (Billing)": f"c{who}@example.com",
                "Customer User ID": who if who > 5 else 0,
                "Item #": at + 1,
                "SKU": product,
                "Name": f"Thing {product}",
                "Quantity": many,
                "Quantity (- Refund)": many,
                "Item Cost": price,
                "Order Line Total": many * price,
                "Order Shipping Amount": 4 + order % 2,
                "Order Refund Amount": order % 5 / 2,
                "Order Total Amount": worth[order] + 5,
            }
            for order, who, day, at, product, many, price in bought()
        )
    )


def magento() -> pd.DataFrame:
    worth = totals()
    days = {order: (who, day) for order, who, day, *_ in bought()}
    return table(
        *(
            {
                "ID": f"{order:09d}",
                "Purchase Date": day,
                "Bill-to Name": f"Ann Lee{who}",
                "Grand Total (Base)": f"${worth[order]:.2f}",
                "Grand Total (Purchased)": f"${worth[order]:.2f}",
                "Status": ("Complete", "Closed", "Canceled", "Processing")[order % 4],
                "Customer Email": f"c{who}@example.com",
                "Subtotal": f"${worth[order] - 1:.2f}",
                "Total Refunded": f"${order % 3:.2f}",
            }
            for order, (who, day) in days.items()
        )
    )


def roles_of(frame: pd.DataFrame, **named: Any) -> Roles:
    return find_roles(read(frame), OrderSettings(**named))


@functools.cache
def export(shop: Callable[[], pd.DataFrame]) -> tuple[Survey, Roles]:
    surveyed = read(shop())
    return surveyed, find_roles(surveyed, ORDERS)


# the exports of shops


def test_shopify_writes_the_order_on_its_first_line_and_its_name_is_a_number() -> None:
    _, roles = export(shopify)
    assert (roles.order, roles.customer, roles.date, roles.amount) == ("Name", "Email", "Created at", "Total")
    assert (roles.product, roles.quantity, roles.refunded) == ("Lineitem sku", "Lineitem quantity", "Refunded Amount")
    assert roles.per_order
    assert "'Total' is the total of a whole order, stands on one of its lines, and counts once an order." in roles.notes
    assert roles.states == (
        State("Financial Status", cancelled=("voided",), returned=("refunded",)),
        State("Cancelled at", filled="cancelled"),
    )


def test_woocommerce_writes_the_order_on_each_line_and_its_guests_are_told_apart_by_address() -> None:
    _, roles = export(woocommerce)
    assert (roles.order, roles.customer, roles.date) == ("Order Number", "Email (Billing)", "Order Date")
    assert (roles.amount, roles.per_order, roles.refunded) == ("Order Total Amount", True, "Order Refund Amount")
    assert roles.states == (State("Order Status", cancelled=("wc-cancelled",), returned=("wc-refunded",)),)
    assert "Order Shipping Amount" not in roles.summed  # it would be added up once a line
    assert any("guests" in note for note in roles.notes)


def test_magento_means_returned_when_it_says_closed() -> None:
    _, roles = export(magento)
    assert (roles.order, roles.customer, roles.date) == ("ID", "Customer Email", "Purchase Date")
    assert (roles.amount, roles.refunded) == ("Grand Total (Base)", "Total Refunded")
    assert roles.states == (State("Status", cancelled=("Canceled",), returned=("Closed",)),)


@pytest.mark.parametrize("shop", [shopify, woocommerce, magento])
def test_exports_of_shops_are_orders(shop: Callable[[], pd.DataFrame]) -> None:
    surveyed, _ = export(shop)
    assert holds_orders(surveyed, ORDERS)


@pytest.mark.parametrize(
    ("columns", "states"),
    [
        (
            ("Bestellnr.", "Kundennummer", "Bestelldatum", "Lieferdatum", "Artikelnummer", "Menge", "Einzelpreis"),
            ("Status", "versendet", "storniert", "retourniert"),
        ),
        (
            ("N° de commande", "Code client", "Date de la commande", "Date d'expédition", "Réf. article", "Quantité",
             "Prix unitaire"),
            ("Statut", "expédiée", "annulée", "remboursée"),
        ),
        (
            ("Nº de pedido", "Código cliente", "Fecha del pedido", "Fecha de envío", "Código de artículo", "Cantidad",
             "Precio unitario"),
            ("Estado", "enviado", "cancelado", "devuelto"),
        ),
    ],
)  # fmt: skip
def test_orders_are_read_in_four_languages(columns: tuple[str, ...], states: tuple[str, ...]) -> None:
    state, *values = states
    frame = table(
        *(
            dict(zip(columns, (7000 + order, f"K{who}", day, day, product, many, price), strict=True))
            | {state: values[order % 3]}
            for order, who, day, _, product, many, price in bought()
        )
    )
    roles = roles_of(frame)
    assert (roles.order, roles.customer, roles.date, roles.product, roles.quantity, roles.price) == (
        *columns[:3],
        *columns[4:],
    )
    assert roles.amount is None
    assert roles.states == (State(state, cancelled=(values[1],), returned=(values[2],)),)
    assert holds_orders(read(frame), ORDERS)


# orders or customers


def test_a_unique_customer_is_a_customer_whatever_else_is_known_of_her() -> None:
    frame = table(
        *(
            {
                "customer_id": 100 + who,
                "email": f"{who // 2}@example.com",
                "last_order": "2026-03-01",
                "amount": 9.5 * who,
            }
            for who in range(30)
        )
    )
    assert not holds_orders(read(frame), ORDERS)


def test_most_having_bought_once_it_takes_an_order_number() -> None:
    rows = [
        {
            "Order ID": f"A{order}",
            "E-mail": f"{order if order % 20 else 1}@example.com",
            "Date": "2026-03-01",
            "Total": order,
        }
        for order in range(60)
    ]
    assert holds_orders(read(table(*rows)), ORDERS)
    assert not holds_orders(read(table(*rows).drop(columns="Order ID")), ORDERS)


def test_monthly_snapshots_are_no_orders_until_the_user_says_so() -> None:
    frame = table(
        *(
            {"customer_id": who, "month": f"2026-0{month}-01", "balance": 17.5 * who + month}
            for who in range(40)
            for month in range(1, 7)
        )
    )
    with pytest.raises(InputError, match=r"'customer_id' has one row on nearly each of the 6 dates in 'month'.*--rows"):
        holds_orders(read(frame), ORDERS)
    assert holds_orders(read(frame, ColumnSettings(rows="orders")), ORDERS)
    assert not holds_orders(read(frame, ColumnSettings(rows="customers")), ORDERS)


def test_an_id_that_repeats_without_dates_tells_of_no_orders() -> None:
    frame = table(*({"key": row % 9, "age": 20 + row % 41, "score": row % 17} for row in range(60)))
    assert not holds_orders(read(frame, ColumnSettings(id="key")), ORDERS)


def test_naming_a_column_of_orders_says_that_rows_are_orders() -> None:
    assert holds_orders(read(table({"who": "a", "n": 1}, {"who": "b", "n": 2})), OrderSettings(customer="who"))


# what the user says, and what has to be asked


def test_named_columns_decide() -> None:
    frame = plain_lines(worth=("1.5", "2.5", "7"), shipped=("2026-01-01", "2026-02-02"))
    roles = roles_of(frame, amount="worth", date="Shipped", customer="order_id")
    assert (roles.customer, roles.date, roles.amount, roles.order) == ("order_id", "shipped", "worth", None)
    assert {name: why for name, _, why in roles.why}["worth"] == "told with --amount"


def test_quantity_and_price_are_taken_where_the_user_names_the_price() -> None:
    frame = plain_lines(units=("1", "2", "3"), each=("2.5", "3.5"))
    assert roles_of(frame, price="each").amount is None
    assert roles_of(frame).amount == "amount"


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"date": "amount"}, "--date: column 'amount' holds no dates that can be read, such as 2026-10-31"),
        ({"amount": "order_id"}, "--amount: column 'order_id' holds no numbers"),
        ({"customer": "shop"}, "--customer: column 'shop' has the same value in every row"),
        ({"customer": "empty"}, "--customer: column 'empty' is empty in every row"),
        ({"amount": "amnt"}, "--amount: there is no column 'amnt'; did you mean 'amount'"),
        ({"order": "order_id", "product": "order_id"}, "'order_id' is named with both --order and --product"),
    ],
)
def test_a_named_column_must_be_able_to_be_that(named: dict[str, str], message: str) -> None:
    frame = plain_lines(shop=("Berlin",)).assign(empty=None)
    with pytest.raises(InputError, match=message):
        roles_of(frame, **named)


def test_two_amounts_are_asked_for_and_not_guessed() -> None:
    frame = plain_lines().rename(columns={"amount": "Total"})
    frame["Subtotal"] = (frame["Total"].astype(float) * 0.8).astype(str)
    with pytest.raises(InputError, match=r"two columns .*: 'Total', 'Subtotal'; say which with --amount"):
        roles_of(frame)
    assert roles_of(frame.rename(columns={"Total": "Grand Total"})).amount == "Grand Total"


@pytest.mark.parametrize(("gone", "flag"), [("customer_id", "--customer"), ("date", "--date"), ("amount", "--amount")])
def test_what_cannot_be_found_is_named_with_its_flag(gone: str, flag: str) -> None:
    with pytest.raises(InputError, match=rf"no column says .*; found .* Name it with {flag}"):
        roles_of(plain_lines().drop(columns=gone))


def test_an_excluded_column_is_never_taken() -> None:
    frame = plain_lines(revenue=("1.5", "2.5"))
    roles = find_roles(read(frame, ColumnSettings(exclude=("revenue",))), ORDERS)
    assert roles.amount == "amount"
    assert ("revenue", "unused", "left out with --exclude") in roles.why


def test_the_day_of_the_order_goes_before_that_of_the_delivery() -> None:
    frame = plain_lines(**{"ship date": ("2026-05-01",), "order date": ("2026-04-01", "2026-04-02")})
    assert roles_of(frame.drop(columns="date")).date == "order date"
    assert roles_of(frame.drop(columns=["date", "order date"])).date == "ship date"


def test_a_count_of_a_customers_orders_is_no_order_number() -> None:
    frame = plain_lines(order_number=("1", "2", "3")).drop(columns="order_id")
    assert roles_of(frame).order is None


def test_a_price_without_a_quantity_is_what_a_line_is_worth() -> None:
    roles = roles_of(plain_lines().rename(columns={"amount": "price"}))
    assert (roles.amount, roles.price) == ("price", None)
    assert roles.notes == ("No column says how many were bought, so that a line is worth its 'price'.",)


def test_a_customer_who_is_only_known_by_name_is_told_apart_by_it_and_not_shown() -> None:
    frame = plain_lines().rename(columns={"customer_id": "CUSTOMERNAME"})
    frame["CUSTOMERNAME"] = "Jane Doe " + frame["CUSTOMERNAME"]
    roles = roles_of(frame)
    assert roles.customer == "CUSTOMERNAME"
    assert "Doe" not in str(roles)


# amounts of whole orders


def test_an_amount_that_is_the_same_on_lines_that_differ_is_its_orders() -> None:
    blocks = [Block(3, 3, float(order), float(order), differ=True) for order in range(12)]
    assert level_of(blocks, named=False) == "each"
    assert level_of(blocks[1:2], named=False) == "line"
    assert level_of(blocks[1:2], named=True) == "each"


def test_an_amount_on_one_line_of_each_order_is_its_orders() -> None:
    assert level_of([Block(3, 1, 5.0, 5.0, differ=True)] * 12, named=False) == "one"


def test_where_everything_costs_the_same_equal_amounts_say_nothing() -> None:
    assert level_of([Block(2, 2, 10.0, 10.0, differ=True)] * 30, named=False) == "line"


def test_lines_that_do_not_differ_say_nothing() -> None:
    assert level_of([Block(2, 2, float(n), float(n), differ=False) for n in range(30)], named=True) == "line"


@given(
    st.lists(
        st.builds(
            Block,
            st.integers(2, 5),
            st.integers(0, 5),
            st.floats(-9, 9),
            st.floats(-9, 9),
            st.booleans(),
        )
    ),
    st.booleans(),
)
def test_whose_an_amount_is_can_always_be_said(blocks: list[Block], named: bool) -> None:  # noqa: FBT001 - hypothesis hands it over
    assert level_of(blocks, named=named) in {"line", "each", "one"}


# what became of orders


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Cancelled, canceled, wc-cancelled, VOID, voided, failed, payment_failed, declined", "cancelled"),
        ("checkout-draft, expired", "cancelled"),
        ("storniert, Abgebrochen, fehlgeschlagen, annulée, échouée, refusée, cancelado, anulada, fallido", "cancelled"),
        ("refunded, wc-refunded, Returned, retourniert, rückerstattet, remboursée, retourné", "returned"),
        ("devuelto, reembolsado", "returned"),
        ("pending, on hold, processing, disputed, partially_refunded, teilweise storniert, Canceled Reversal", "kept"),
        ("return requested, not returned, closed, shipped, NA, cancelled (partially)", "kept"),
        ("CANCELLED - not shipped, UNPAID, not paid, Payment error, test, unbezahlt, impayé", "cancelled"),
        ("annullato, geannuleerd, anulowane, nieopłacone", "cancelled"),
        ("rimborsato, geretourneerd, zwrócone, Credit note, Gutschrift, nota de crédito", "returned"),
    ],
)  # fmt: skip
def test_states_mean_the_same_in_four_languages(words: str, meant: str) -> None:
    assert {word: meaning(word) for word in words.split(", ")} == dict.fromkeys(words.split(", "), meant)


def test_a_carriers_failure_is_no_cancelled_sale() -> None:
    assert meaning("failed", delivery=True) == "kept"
    assert meaning("cancelled", delivery=True) == "cancelled"


def test_states_of_the_country_are_not_those_of_orders() -> None:
    roles = roles_of(plain_lines(STATE=("NY", "CA", "VA"), Estado=("Jalisco", "Puebla")))
    assert roles.states == ()
    assert set(roles.describing) == {"STATE", "Estado"}


def test_flags_and_dates_say_what_became_of_orders_too() -> None:
    frame = plain_lines(is_returned=("no", "yes"), returning_customer=("yes", "no"))
    frame["cancelled_at"] = ["2026-03-01" if row % 4 == 0 else None for row in range(len(frame))]
    assert roles_of(frame).states == (
        State("is_returned", returned=("yes",)),
        State("cancelled_at", filled="cancelled"),
    )


@pytest.mark.parametrize(
    ("name", "sale", "back"),
    [("Type", "Sale", "Refund"), ("Belegart", "Rechnung", "Gutschrift"), ("document type", "Invoice", "Credit memo"),
     ("Type de document", "Facture", "Avoir"), ("tipo", "Factura", "Abono"), ("Belegart", "Rechnung", "Storno")],
)  # fmt: skip
def test_a_kind_of_document_gives_an_earlier_purchase_back(name: str, sale: str, back: str) -> None:
    roles = roles_of(plain_lines(**{name: (sale, sale, sale, back)}))
    assert roles.states == (State(name, credited=(back,)),)
    assert f"'{name}': '{back}' counts as giving an earlier purchase back; '{sale}' is kept." in roles.notes


def test_a_refund_on_a_row_of_its_own_is_known_by_the_row_it_repeats() -> None:
    sold = plain_lines(status=("completed",)).assign(sku=[f"P{row % 7}" for row in range(60)])
    back = sold.iloc[::9].assign(status="refunded")
    assert roles_of(pd.concat([sold, back])).states == (State("status", credited=("refunded",)),)
    assert roles_of(sold.assign(status=["refunded", *sold.status[1:]])).states[0].returned == ("refunded",)


def test_a_cross_marks_a_cancelled_line() -> None:
    frame = plain_lines()
    frame["cancelled"] = ["X" if row % 5 == 0 else None for row in range(len(frame))]
    assert roles_of(frame).states == (State("cancelled", cancelled=("X",)),)


def test_states_that_are_all_kept_are_said_and_remarks_are_not_shown() -> None:
    roles = roles_of(plain_lines(status=("open", "done", "call jane@example.com")))
    assert "'status': 'done', 'open', a value that is not shown are all kept." in roles.notes
    assert "example.com" not in str(roles)


def test_events_are_no_orders_but_for_the_purchases() -> None:
    with pytest.raises(InputError, match=r"only those with 'purchase' in 'event_type' are orders; .*--query"):
        roles_of(plain_lines(event_type=("view", "cart", "purchase")))


def test_customers_who_use_the_same_order_numbers_have_orders_of_their_own() -> None:
    worth = totals()
    frame = table(
        *(
            {
                "customer": f"K{who}{twice}",
                "order_id": order,
                "date": day,
                "sku": sku,
                "Order Total": worth[order] + twice,
            }
            for twice in range(3)
            for order, who, day, _, sku, _, _ in bought()
        )
    )
    assert roles_of(frame).per_order


def test_an_order_total_that_differs_within_an_order_is_pointed_out() -> None:
    roles = roles_of(plain_lines().rename(columns={"amount": "Order Total"}))
    assert not roles.per_order
    assert any("'Order Total' is named like the total of a whole order but differs" in note for note in roles.notes)


# who nobody is, and what cannot be added up


def test_guests_are_no_customers_and_neither_is_the_number_of_most_lines_if_it_is_0() -> None:
    frame = plain_lines()
    frame.loc[frame.index % 3 == 0, "customer_id"] = "0"
    roles = roles_of(frame)
    assert roles.nobody == ("0",)
    assert "'customer_id': '0' stands for no customer that is known, so that 20 lines have none." in roles.notes
    frame.loc[frame.index % 3 == 0, "customer_id"] = "Gast"
    assert roles_of(frame).nobody == ("Gast", "gast")
    frame["customer_id"] = [str(row % 9) for row in range(len(frame))]
    assert roles_of(frame).nobody == ()


def test_amounts_in_several_currencies_are_not_added_up() -> None:
    with pytest.raises(InputError, match=r"'currency' holds several currencies \(EUR, USD\)"):
        roles_of(plain_lines(currency=("EUR", "USD")))
    assert roles_of(plain_lines(currency=("EUR", "USD")).rename(columns={"amount": "amount_eur"})).amount
    frame = plain_lines()
    frame["amount"] = [("€" if row % 2 else "$") + value for row, value in enumerate(frame["amount"])]
    with pytest.raises(InputError, match=r"'amount' holds several currencies \(EUR, USD\)"):
        roles_of(frame)


def test_a_shop_of_one_price_has_an_amount_and_one_that_gives_all_away_has_not() -> None:
    frame = plain_lines().assign(amount="9.90")
    assert holds_orders(read(frame), ORDERS)
    assert roles_of(frame).amount == "amount"
    with pytest.raises(InputError, match="'amount', is 0 in every row"):
        roles_of(frame.assign(amount="0"))


def test_the_amount_that_was_not_taken_is_named() -> None:
    frame = plain_lines()
    frame["total"] = [str(float(value) * 1.2) for value in frame["amount"]]
    roles = roles_of(frame)
    assert roles.amount == "total"
    assert "What a line is worth is taken from 'total', not from 'amount'; --amount takes another." in roles.notes


# names, and what has to be asked before rows count as customers


@pytest.mark.parametrize("name", ["N° client", "n_client", "Nº cliente", "N° de client", "nr klient", "No client"])
def test_signs_for_number_are_read(name: str) -> None:
    name = name.replace("klient", "kunde")
    frame = plain_lines().rename(columns={"customer_id": name, "order_id": "N°commande"})
    assert holds_orders(read(frame), ORDERS)
    roles = roles_of(frame)
    assert (roles.customer, roles.order) == (name, "N°commande")


def test_orders_of_people_who_are_only_called_name_are_asked_about() -> None:
    frame = plain_lines().rename(columns={"customer_id": "Name"})
    frame["Name"] = [f"Jane {'ABCDEFGHIJK'[int(value) - 100]}oe" for value in frame["Name"]]
    with pytest.raises(
        InputError, match=r"rows look like orders .*perhaps 'Name'; name it with --customer, or say --r"
    ):
        holds_orders(read(frame), ORDERS)
    assert not holds_orders(read(frame, ColumnSettings(rows="customers")), ORDERS)


def test_orders_of_customers_who_all_bought_once_are_orders() -> None:
    frame = table(
        *({"customer_id": 900 + n, "order_id": f"A{n}", "order_date": "2026-03-01", "amount": 5 + n} for n in range(40))
    )
    assert holds_orders(read(frame), ORDERS)
    told = frame.rename(columns={"order_id": "last_order_id", "order_date": "last_order_date"})
    assert not holds_orders(read(told), ORDERS)


def test_dates_that_are_left_out_or_cannot_be_read_are_what_is_wrong() -> None:
    frame = plain_lines().rename(columns={"date": "order_date"})
    with pytest.raises(InputError, match="'order_date' is left out with --exclude"):
        holds_orders(read(frame, ColumnSettings(exclude=("order_date",))), ORDERS)
    with pytest.raises(InputError, match="'order_date' holds no dates that can be read; write dates as 2026-10-31"):
        holds_orders(read(frame.assign(order_date="spring")), ORDERS)
    with pytest.raises(InputError, match="--date: column 'order_date' is left out with --exclude"):
        find_roles(read(frame, ColumnSettings(exclude=("order_date",))), OrderSettings(date="order_date"))


def test_a_column_named_like_a_date_may_have_some_remarks() -> None:
    frame = plain_lines().rename(columns={"date": "order_date"})
    frame.loc[frame.index % 6 == 0, "order_date"] = "to be agreed"
    assert roles_of(frame).date == "order_date"


# what else is told


def test_columns_that_are_no_part_of_an_order_tell_of_the_customer() -> None:
    frame = plain_lines(
        country=("DE", "AT"), channel=("web", "app", "shop"), MONTH_ID=("1", "2"), currency=("EUR",),
        profit=("1.5", "-2.25", "3"), discount=("0.1", "0.25", "0"), discount_amount=("4.5", "2"),
        rating=("4", "5", "3"),
    )  # fmt: skip
    roles = roles_of(frame)
    assert roles.describing == ("country", "channel")
    assert roles.summed == ("profit", "discount_amount")
    assert roles.averaged == ("discount", "rating")


@pytest.mark.parametrize("shop", [shopify, woocommerce, magento])
def test_every_column_has_one_reason_and_none_quotes_a_customer(shop: Callable[[], pd.DataFrame]) -> None:
    surveyed, roles = export(shop)
    assert [name for name, _, _ in roles.why] == list(surveyed.table.columns)
    assert all(why for _, _, why in roles.why)
    assert "example.com" not in str(roles)


@given(st.text(max_size=30))
def test_any_name_has_a_rank_or_none(name: str) -> None:
    assert all((found := rank(part, name)) is None or found >= 0 for part in PARTS)


# real files


def test_sales_data_sample_is_understood_without_a_word() -> None:
    path = DATA / "sales_data_sample" / "sales_data_sample.csv"
    if not path.exists():
        pytest.skip("needs the public files in ../shared/data")
    surveyed = read(path)
    assert holds_orders(surveyed, ORDERS)
    roles = find_roles(surveyed, ORDERS)
    assert (roles.customer, roles.date, roles.amount, roles.order) == (
        "CUSTOMERNAME",
        "ORDERDATE",
        "SALES",
        "ORDERNUMBER",
    )
    assert (roles.product, roles.category, roles.amount) == ("PRODUCTCODE", "PRODUCTLINE", "SALES")
    assert not roles.per_order
    assert roles.states == (State("STATUS", cancelled=("Cancelled",)),)


@real
@pytest.mark.parametrize(
    ("file", "names", "expected"),
    [
        (
            "superstore/Sample - Superstore.csv",
            None,
            ("Customer ID", "Order Date", "Sales", "Order ID", "Product ID", "Category", ("Profit",), ("Discount",)),
        ),
        ("online_retail/france.csv", None, ("CustomerID", "InvoiceDate", None, "InvoiceNo", "StockCode", None, (), ())),
        ("cdnow/CDNOW_master_header.csv", None, ("ID", "Date", "Amount", None, None, None, (), ())),
        (
            "purchases_essec/purchases.txt",
            ("customer_id", "amount", "date"),
            ("customer_id", "date", "amount", None, None, None, (), ()),
        ),
    ],
)
def test_public_orders_are_understood(file: str, names: tuple[str, ...] | None, expected: tuple[Any, ...]) -> None:
    surveyed = read(DATA / file, names=names)
    assert holds_orders(surveyed, ORDERS)
    roles = find_roles(surveyed, ORDERS)
    assert (
        roles.customer, roles.date, roles.amount, roles.order, roles.product, roles.category,
        roles.summed, roles.averaged,
    ) == expected  # fmt: skip


@real
@pytest.mark.parametrize(
    "file",
    [
        "mall_customers/Mall_Customers.csv",
        "wholesale/Wholesale_customers_data.csv",
        "customer_personality/marketing_campaign.csv",
        "cc_general/CC GENERAL.csv",
        "ibm_365_segmentation/segmentation data.csv",
        "airline_eastwest/EastWestAirlines.xlsx",
    ],
)
def test_public_customers_are_no_orders(file: str) -> None:
    assert not holds_orders(read(DATA / file), ORDERS)
