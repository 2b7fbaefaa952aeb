"""The example shop's orders, line by line: every customer buys in a rhythm of her own, and the export is as it is."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from segreport.example.buyers import FIRST_DAY, MONTH, day_weights, days, draw, draw_place, make_buyers, of_kind
from segreport.example.catalogue import catalogue, pick, presents, prices
from segreport.example.kinds import CHANNELS, KINDS
from segreport.example.moves import beginning, with_move
from segreport.example.people import COUNTRIES, LAST_DAY

_RATES = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
_SMALL, _LARGE = (5, 4, 4, 2, 0.5, 0.5), (1, 1, 3, 5, 4, 3)
_DAY = 24 * 3600
_SUMMER = dt.date(2026, 6, 1)  # who came before is nobody's newcomer in autumn


def shop_orders(customers: int = 4000, seed: int = 7) -> pd.DataFrame:
    """Return one row an order line, 14 columns, from 1 May 2024, when the shop opened, to 31 October 2026.

    Planted are five overlapping types of customers, as in shop_customers (`planted_types` says who is which):

    - loyal big spenders (12%): an order or so a month ever since they came, dear products at the full price;
    - bargain hunters (26%): many small orders of cheap things, two lines of three discounted, one of five sent back;
      in the evening, on Sundays, in the app, and above all in the sales of January, July, November and December;
    - new customers (20%): came in the last months, one or two orders so far, in the evening, in the app;
    - lapsed regulars (23%): came soon after the shop opened, ordered every other month or so, and stayed about a year;
    - gift buyers (19%): dear things a few times a year, before Christmas and in two months of their own; on Saturdays.

    Every customer has a first order, and from then on orders follow as a Poisson process with a rate of her own
    (gamma-distributed within the type) that rises and falls with the seasons; products have lognormal prices.

    In 2026 some change their ways (`planted_moves` says who), chosen by lot among those who could:

    - stopped (2%): good customers with 3 to 8 orders worth 500 to 1,400 in all. They use up their bonus in the week
      before 15 February, when the shop ends it, and never order again: by the end of October they are overdue;
    - woken (2.5%): lapsed regulars who had not ordered for eleven months or more, come back between 1 and 20 September
      and go on with an order a month or so, three in all by the end of October;
    - grown (2.5%): newcomers and gift buyers with up to three small orders, who from the first half of September on
      order three times a month, and things more than twice as dear.

    And what real exports have:

    - guests without a customer id (one order in thirty), each with an address of her own;
    - cancelled orders (one in thirty), and orders of the last three days that are shipped but not completed;
    - returns (one line in fourteen): lines of their own with negative quantity, numbered RT instead of SO, most within
      30 days, the whole line or a part of it;
    - presents at a price of zero (one line in 150), and lines written twice (one in 250);
    - products without a category (one line in fifty), and prices that rise by 3% every January;
    - three businesses in 4,000 customers, which buy by the dozen and are usually worth dozens of others.

    `unit_price` is the list price, `discount` a rate (0 to 1), and `amount` what was paid: quantity x unit price
    less the discount. One order has one customer, moment, status, channel and country.
    """
    lines, buyers = _history(customers, seed)
    return _export(lines, buyers)


def planted_types(customers: int = 4000, seed: int = 7) -> pd.Series[str]:
    """Return the type each customer of shop_orders was planted as, by customer_id; no table holds it."""
    known = make_buyers(customers, seed).dropna(subset="customer_id")
    names = np.array([kind.name for kind in KINDS])[known["kind"]]
    return pd.Series(names, index=pd.Index(known["customer_id"]), name="type")


def planted_moves(customers: int = 4000, seed: int = 7) -> pd.Series[str]:
    """Return what each customer of shop_orders does in September and October 2026, by customer_id; no table holds it.

    "woken", "stopped" and "grown" are those who change; "steady" are those who came before June and go on as they did,
    or stay away as they did; "other" those who came since, or left since in the ordinary way.
    """
    _, buyers = _history(customers, seed)
    known = buyers.dropna(subset="customer_id")
    june, end = ((day - FIRST_DAY).days for day in (_SUMMER, LAST_DAY))
    passing = (known["joined"] >= june) | known["left"].between(june, end)
    moves = known["move"].fillna(passing.map({True: "other", False: "steady"}))
    # a customer who moves has two rows, the later of which says how
    return moves.set_axis(known["customer_id"]).groupby(level=0).last()


def _history(customers: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all lines ever written, and the rows of buyers they are of."""
    buyers = make_buyers(customers, seed).assign(move=None)
    month_of = days().to_period("M")
    months: list[pd.DataFrame] = []
    for number, name in enumerate(month_of.unique()):
        month = np.flatnonzero(month_of == name)
        for move in beginning(month):
            buyers = with_move(buyers, pd.concat(months), move, seed)
        # a generator a month: a shop that runs on for longer gets further months and keeps those it had
        months.append(_month(np.random.default_rng([seed, number]), buyers, month, number))
    return pd.concat(months, ignore_index=True), buyers


def _month(rng: np.random.Generator, buyers: pd.DataFrame, month: np.ndarray, number: int) -> pd.DataFrame:
    """Return the lines of the orders placed on the days of a month, and of what will be sent back of them."""
    orders = _orders(rng, buyers, month)
    orders["order"] = np.arange(len(orders)) + number * 10**8
    lines = _lines(rng, orders, days().year[month[0]])
    return _doubled(rng, pd.concat([lines, _returns(rng, lines)]))


def _orders(rng: np.random.Generator, buyers: pd.DataFrame, month: np.ndarray) -> pd.DataFrame:
    """Return one row an order placed in a month: who (row of buyers), when, how and from where, cancelled or not."""
    weights = day_weights()[:, month]
    here = buyers[(buyers["joined"] <= month[-1]) & (buyers["left"] >= month[0])]
    kind, joined, left = (here[name].to_numpy() for name in ("kind", "joined", "left"))
    celebrated = here[["birthday", "other_birthday"]].eq(days().month[month[0]]).any(axis=1)
    expected = here["rate"] * weights.sum(axis=1)[kind] / MONTH * np.where(celebrated, of_kind("birthdays", kind), 1)
    who = np.repeat(np.arange(len(here)), rng.poisson(expected))
    day = month[draw_place(rng, weights, kind[who])]
    stayed = (day > joined[who]) & (day <= left[who])  # still a Poisson process, on fewer days
    newcomers = np.flatnonzero(joined >= month[0])
    who, day = np.concatenate([who[stayed], newcomers]), np.concatenate([day[stayed], joined[newcomers]])
    kind, buyer = kind[who], here.iloc[who]
    elsewhere = rng.integers(len(COUNTRIES), size=len(who))
    return pd.DataFrame(
        {
            "buyer": buyer.index,
            "kind": kind,
            "second": day * _DAY + _time_of_day(rng, kind),
            "country": np.where(rng.random(len(who)) < 0.01, elsewhere, buyer["country"]),
            "channel": draw(rng, "channels", kind),
            "cancelled": rng.random(len(who)) < of_kind("cancelled", kind),
            "level": buyer["level"].to_numpy(),
            "loved": buyer["loved"].to_numpy(),
        }
    )


def _time_of_day(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Return the second of the day an order is placed: at lunch, in the evening, or whenever."""
    lunch, evening = (of_kind("hours", kind)[:, part] for part in (0, 1))
    count, part = len(kind), rng.random(len(kind))
    whenever = rng.uniform(7.5, 22.5, count)
    around = [rng.normal(12.7, 0.7, count), rng.normal(20.3, 1.2, count)]
    hours = np.select([part < lunch, part < lunch + evening], around, whenever)
    return np.clip(hours * 3600, 0, _DAY - 1).astype(np.int64)


def _lines(rng: np.random.Generator, orders: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return one row a product in an order, with what it cost that year; no order names a product twice."""
    count = 1 + rng.poisson(of_kind("lines", orders["kind"].to_numpy()))
    lines = orders.loc[orders.index.repeat(count)]
    kind = lines["kind"].to_numpy()
    loved = rng.random(len(lines)) < 0.45
    shelf = np.where(loved, lines["loved"], draw(rng, "categories", kind))
    level = lines["level"].to_numpy() + rng.normal(0, 0.5, len(lines))
    extra = rng.poisson(rng.gamma(1.0, of_kind("extra", kind)))
    lines = lines.assign(product=pick(shelf, level), quantity=1 + extra, discount=_discounts(rng, kind))
    given = orders.loc[rng.random(len(orders)) < of_kind("presents", orders["kind"].to_numpy())]
    given = given.assign(product=presents(rng, len(given)), quantity=1, discount=0.0)
    lines = pd.concat([lines, given]).drop_duplicates(["order", "product"])
    lines["price"] = prices(lines["product"].to_numpy(), np.full(len(lines), year))
    return lines.assign(returned=False)


def _discounts(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Return the rate by which each line is discounted; those who look for discounts find the larger ones."""
    share = of_kind("discounted", kind)
    weights = np.array([_SMALL, _LARGE], dtype=float)
    rates = np.array(_RATES)[draw_place(rng, weights, (share > 0.5).astype(int))]
    return np.where(rng.random(len(kind)) < share, rates, 0.0)


def _returns(rng: np.random.Generator, lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that are sent back, in whole or in part: all of an order in one parcel, some days later."""
    share = of_kind("returned", lines["kind"].to_numpy())
    kept = lines["cancelled"] | (lines["price"] == 0) | (rng.random(len(lines)) >= share)
    back = lines.loc[~kept]
    orders, parcel = np.unique(back["order"], return_inverse=True)
    later = np.floor(3 + rng.gamma(2.0, 5.5, len(orders))) * _DAY
    arrived = rng.integers(8 * 3600, 17 * 3600, len(orders))  # when the warehouse opens parcels
    return back.assign(
        order=-1 - back["order"],  # a document of its own
        second=back["second"] // _DAY * _DAY + later[parcel].astype(np.int64) + arrived[parcel],
        quantity=-rng.integers(1, back["quantity"], endpoint=True),
        returned=True,
    )


def _doubled(rng: np.random.Generator, lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with one in 250 written twice."""
    return lines.iloc[np.repeat(np.arange(len(lines)), 1 + (rng.random(len(lines)) < 0.004))]


def _export(lines: pd.DataFrame, buyers: pd.DataFrame) -> pd.DataFrame:
    """Return the lines up to the last day, as the shop's software writes them: by time, in words, numbered."""
    lines = lines[lines["second"] < len(days()) * _DAY].sort_values(["second", "order"], kind="stable")
    buyer, goods = lines["buyer"].to_numpy(), catalogue().iloc[lines["product"]].reset_index(drop=True)
    amount = lines["quantity"] * lines["price"] * (1 - lines["discount"])
    return pd.DataFrame(
        {
            "order_number": _numbers(lines),
            "order_date": days()[0] + pd.to_timedelta(lines["second"].to_numpy(), unit="s"),
            "customer_id": buyers["customer_id"].take(buyer).to_numpy(),
            "email": buyers["email"].take(buyer).to_numpy(),
            "product_code": goods["product_code"],
            "product": goods["product"],
            "category": goods["category"],
            "quantity": lines["quantity"].to_numpy(),
            "unit_price": lines["price"].to_numpy(),
            "discount": lines["discount"].to_numpy(),
            "amount": amount.round(2).to_numpy(),
            "status": _statuses(lines),
            "country": np.array(list(COUNTRIES))[lines["country"]],
            "channel": np.array(CHANNELS)[lines["channel"]],
        }
    )


def _numbers(lines: pd.DataFrame) -> np.ndarray:
    """Return the lines' order numbers: SO and counted in the order of time, RT for what came back."""
    names = np.empty(len(lines), dtype=object)
    back = lines["returned"].to_numpy()
    for sign, rows in (("SO", ~back), ("RT", back)):
        numbers, _ = pd.factorize(lines["order"].to_numpy()[rows])
        names[rows] = [f"{sign}{number}" for number in (numbers + 100_001).tolist()]
    return names


def _statuses(lines: pd.DataFrame) -> np.ndarray:
    """Return what became of the lines' orders; those of the last three days are still on their way."""
    recent = lines["second"] >= (len(days()) - 3) * _DAY
    on_its_way = recent & ~lines["returned"]
    return np.select([lines["cancelled"], on_its_way], ["cancelled", "shipped"], "completed")
