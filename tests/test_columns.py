"""Columns: roles with their reasons, values as people write them, the id, uses, and what must be refused."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segreport.columns import Column, Columns, read_columns, typed
from segreport.columns.labels import date_label, label, unique, unit
from segreport.columns.vocabulary import best_worth, id_rank, personal
from segreport.errors import InputError
from segreport.settings import ColumnSettings

DATA = Path(__file__).parents[2] / "shared" / "data"
TODAY = dt.date(2026, 10, 31)
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside this checkout")


def texts(columns: Mapping[str, Sequence[str | None]]) -> ibis.Table:
    """A table as a CSV file gives it: nothing but text."""
    return ibis.memtable(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))


def read(
    table: ibis.Table | Mapping[str, Sequence[Any]],
    *,
    prepare: Literal["auto", "plain"] = "auto",
    decimal: Literal[".", ","] | None = None,
    **choices: Any,
) -> Columns:
    source = table if isinstance(table, ibis.Table) else texts(table)
    return read_columns(source, ColumnSettings(**choices), prepare=prepare, decimal=decimal, today=TODAY)


def column(columns: Columns, name: str) -> Column:
    return next(found for found in columns.all if found.name == name)


def roles(columns: Columns) -> dict[str, str]:
    return {found.name: found.role for found in columns.all}


def values(columns: Columns, name: str) -> list[Any]:
    found: list[Any] = columns.table.order_by(columns.id).select(name).to_pyarrow().column(name).to_pylist()
    return found


def beside(name: str, items: Sequence[str | None]) -> dict[str, Sequence[str | None]]:
    """The column under test beside a number, so that there is something to cluster on."""
    return {name: items, "height": [str(150 + i * 7 % 41) for i in range(len(items))]}


def with_ids(**columns: Sequence[str | None]) -> dict[str, Sequence[str | None]]:
    rows = len(next(iter(columns.values())))
    return {"customer_id": [str(i + 1) for i in range(rows)], **columns}


SPEND = [f"{i * 37 % 101}.{i % 10}" for i in range(40)]


# --- numbers written as text


WRITTEN = {
    "$84,835.00 ": 84835.0,
    "(120.00)": -120.0,
    "€ 5": 5.0,
    "5 €": 5.0,
    "EUR 1,200.50": 1200.5,
    "+3": 3.0,
    "1e5": 100000.0,
    "12.5-": -12.5,
    "-$7.25": -7.25,
    "−4": -4.0,
    "1'234.50": 1234.5,
    "1 234.5": 1234.5,
    "1\u00a0234.5": 1234.5,
    "12,34,567.5": 1234567.5,
    " 7 ": 7.0,
    ".5": 0.5,
}
WRITTEN_WITH_COMMA = {
    "1.234,56": 1234.56,
    "1 234,5": 1234.5,
    "14,5": 14.5,
    "-1.000.000,25 €": -1000000.25,
    "0,5-": -0.5,
    "1'234": 1234.0,
}


@pytest.mark.parametrize("written", [WRITTEN, WRITTEN_WITH_COMMA])
def test_numbers_are_read_as_people_write_them(written: dict[str, float]) -> None:
    assert values(read(beside("x", list(written))), "x") == list(written.values())


@pytest.mark.parametrize("word", ["12 monkeys", "1-2-3", "five", "1.2.3", "12:30"])
def test_words_with_digits_are_no_numbers(word: str) -> None:
    assert column(read(beside("x", [word] * 20 + SPEND[:20])), "x").parse.kind == "text"


def test_percent_becomes_the_unit() -> None:
    columns = read(beside("discount", [f"{i} %" for i in range(30)]))
    assert column(columns, "discount").unit == "%"
    assert values(columns, "discount")[14] == 14.0


def test_a_currency_sign_makes_an_amount() -> None:
    columns = read(beside("x", [f"${i * 13}.50" for i in range(30)]))
    assert (column(columns, "x").role, column(columns, "x").unit) == ("amount", "amount")


def test_groups_of_three_digits_follow_the_other_columns() -> None:
    table = {"x": ["1.234", "2.345", "9.876"] * 5, "y": ["1,5", "2,25", "3,75"] * 5}
    assert values(read(table), "x")[0] == 1234.0
    assert values(read({**table, "y": ["1.5", "2.25", "3.75"] * 5}), "x")[0] == 1.234


def test_groups_of_three_digits_alone_are_thousands_and_the_notes_say_so() -> None:
    columns = read(beside("x", ["1,234", "2,345", "9,876"] * 5))
    assert values(columns, "x")[0] == 1234.0
    assert any("thousands" in note and "'x'" in note for note in columns.notes)


def test_a_told_decimal_sign_settles_groups_of_three_digits() -> None:
    assert values(read(beside("x", ["1,234", "2,345", "9,876"] * 5), decimal=","), "x")[0] == 1.234


def test_a_few_unreadable_values_are_missing_and_noted_with_examples() -> None:
    columns = read(beside("x", [*SPEND, *SPEND, "n/a", "?"]))
    assert column(columns, "x").missing == 2
    assert any("2 of 82" in note and "'n/a'" in note for note in columns.notes)


def test_an_example_of_an_unreadable_value_is_never_a_name_or_a_telephone_number() -> None:
    columns = read(beside("age", [*SPEND * 5, "Anna Meier", "Anna", "0171-4455", "k.A."]))
    note = next(note for note in columns.notes if "'age'" in note)
    assert "4 of 204 values are no numbers ('k.A.')" in note


def test_many_missing_marks_do_not_make_numbers_text() -> None:
    assert column(read(beside("x", SPEND[:20] + ["NA"] * 20)), "x").parse.kind == "number"


def test_na_is_a_word_among_words() -> None:
    columns = read(beside("TERRITORY", ["NA", "EMEA", "APAC"] * 10))
    assert (column(columns, "TERRITORY").role, column(columns, "TERRITORY").missing) == ("category", 0)


def test_zero_padded_digits_are_codes() -> None:
    columns = read(beside("branch", ["0001", "0002", "0103"] * 10))
    assert column(columns, "branch").role == "category"
    assert values(columns, "branch")[0] == "0001"


def test_infinities_are_missing_and_counted() -> None:
    columns = read(beside("x", [*SPEND, "inf", "-Infinity"]))
    assert column(columns, "x").missing == 2
    assert any("2 infinite" in note for note in columns.notes)


def test_infinities_in_typed_data_are_missing_and_counted() -> None:
    frame = pa.table({"x": [1.5, 2.5, math.inf, -math.inf, math.nan, None] * 3, "y": [float(i) for i in range(18)]})
    columns = read(ibis.memtable(frame))
    assert column(columns, "x").missing == 12
    assert values(columns, "x")[:4] == [1.5, 2.5, None, None]


_NUMBERS = st.floats(min_value=-1e9, max_value=1e9).map(lambda number: round(number, 2))


@settings(max_examples=15, deadline=None)
@given(st.lists(_NUMBERS, min_size=3, max_size=12, unique=True))
def test_numbers_written_in_either_style_read_back_equal(numbers: list[float]) -> None:
    us = [f"{number:,.2f}" for number in numbers]
    eu = [text.translate(str.maketrans(",.", ".,")) for text in us]
    columns = read({"us": us, "eu": eu}, role={"us": "number", "eu": "number"})
    assert values(columns, "us") == numbers
    assert values(columns, "eu") == numbers


# --- dates


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (["2014-09-04", "2014-09-16"], dt.date(2014, 9, 4)),
        (["2014-09-04 10:30:00", "2014-09-16T08:00"], dt.date(2014, 9, 4)),
        (["04-09-2012", "16-09-2012"], dt.date(2012, 9, 4)),
        (["04.09.2012", "16.09.2012"], dt.date(2012, 9, 4)),
        (["9/4/2012", "9/16/2012"], dt.date(2012, 9, 4)),
        (["6/4/14", "6/16/14"], dt.date(2014, 6, 4)),
        (["1/12/2010 08:26", "16/12/2010 08:26"], dt.date(2010, 12, 1)),
        (["4 Sep 2012", "16 October 2012"], dt.date(2012, 9, 4)),
        (["Sep 4, 2012", "Oct 16, 2012"], dt.date(2012, 9, 4)),
        (["4/9/69", "16/9/98"], dt.date(1969, 9, 4)),
    ],
)
def test_dates_are_read_in_the_order_that_fits_every_value(written: list[str], day: dt.date) -> None:
    columns = read(beside("joined", written * 5))
    assert column(columns, "joined").role == "date"
    assert values(columns, "joined")[0] == day


def test_compact_dates_need_a_name_that_means_a_day() -> None:
    columns = read({"date": ["19970101", "19970216"] * 5, "x": ["19970101", "19970216"] * 5})
    assert roles(columns)["date"] == "date"
    assert roles(columns)["x"] == "number"


def test_compact_dates_typed_as_integers_are_dates() -> None:
    frame = pa.table({"last_order_date": [20240131, 20240229, 20231224] * 3, "x": [float(i) for i in range(9)]})
    assert column(read(ibis.memtable(frame)), "last_order_date").role == "date"


def test_dates_that_read_both_ways_say_what_was_assumed() -> None:
    slashed = read(beside("joined", ["03/04/2024", "05/06/2024"] * 5))
    dotted = read(beside("joined", ["03.04.2024", "05.06.2024"] * 5))
    assert values(slashed, "joined")[0] == dt.date(2024, 3, 4)
    assert values(dotted, "joined")[0] == dt.date(2024, 4, 3)
    assert any("month first" in note for note in slashed.notes)
    assert any("day first" in note for note in dotted.notes)


def test_dates_that_read_both_ways_follow_the_other_dates() -> None:
    columns = read({"a": ["03/04/2024", "05/06/2024"] * 5, "b": ["16/04/2024", "30/06/2024"] * 5})
    assert values(columns, "a")[0] == dt.date(2024, 4, 3)


def test_the_latest_date_is_not_after_today() -> None:
    columns = read(beside("joined", ["2026-01-02", "2026-10-31", "2999-01-01"] * 5))
    assert columns.latest == TODAY


def test_typed_times_become_dates() -> None:
    frame = pa.table(
        {
            "seen": [dt.datetime(2024, 1, i + 1, 12, 30, tzinfo=dt.UTC) for i in range(9)],
            "x": [float(i) for i in range(9)],
        }
    )
    assert values(read(ibis.memtable(frame)), "seen")[0] == dt.date(2024, 1, 1)


# --- categories, flags, and what is not used


@pytest.mark.parametrize(
    "pair", [("0", "1"), ("no", "yes"), ("Nein", "Ja"), ("non", "oui"), ("no", "sí"), ("N", "Y"), ("FALSE", "TRUE")]
)
def test_two_values_that_mean_yes_and_no_are_a_flag(pair: tuple[str, str]) -> None:
    columns = read({**beside("newsletter", list(pair) * 10), "weight": SPEND[:20]})
    assert (column(columns, "newsletter").role, column(columns, "newsletter").use) == ("flag", "describe")
    assert values(columns, "newsletter")[:2] == [False, True]


def test_two_other_words_are_a_category() -> None:
    assert column(read(beside("Gender", ["Male", "Female"] * 10)), "Gender").role == "category"


def test_booleans_are_flags() -> None:
    frame = pa.table({"active": [True, False, None] * 4, "x": [float(i) for i in range(12)]})
    columns = read(ibis.memtable(frame))
    assert (column(columns, "active").role, column(columns, "active").missing) == ("flag", 4)


def test_small_whole_numbers_are_offered_as_a_category() -> None:
    found = column(read(beside("Region", ["1", "2", "3"] * 10)), "Region")
    assert found.role == "category"
    assert "3 whole-number codes (1 to 3)" in found.why
    assert "--role 'Region=number'" in found.why


def test_small_whole_numbers_named_like_a_count_are_numbers() -> None:
    for name in ("num_visits", "Kidhome", "orders", "Age", "rating", "tenure", "Anzahl Besuche"):
        assert column(read(beside(name, ["0", "1", "2"] * 10)), name).role == "number", name


def test_codes_are_written_alike_from_text_whole_numbers_and_floats() -> None:
    as_text = read(beside("Region", ["1", "2", "3"] * 10))
    frame = pa.table({"Region": [1.0, 2.0, 3.0] * 10, "height": [float(i) for i in range(30)]})
    assert values(as_text, "Region")[:3] == ["1", "2", "3"]
    assert typed(ibis.memtable(frame), as_text.all).Region.to_pyarrow().to_pylist()[:3] == ["1", "2", "3"]


def test_plain_preparation_takes_named_codes_and_flags_as_numbers() -> None:
    table = {**beside("Education", ["0", "1", "2", "3"] * 10), "gender": ["0", "1"] * 20}
    columns = read(table, prepare="plain", feature=("Education", "gender", "height"))
    assert [found.role for found in columns.all] == ["number", "number", "number"]
    assert "plain" in column(columns, "gender").why
    assert values(columns, "gender")[:2] == [0.0, 1.0]


def test_many_different_words_are_text_and_unused() -> None:
    found = column(read(beside("comment", [f"words {i} of many" for i in range(120)])), "comment")
    assert (found.role, found.use) == ("text", "unused")


def test_constant_and_empty_columns_say_which() -> None:
    columns = read({**beside("Z", ["3"] * 10), "empty": [None] * 10})
    assert column(columns, "Z").why == "the same value in every row"
    assert column(columns, "empty").why == "empty in every row"
    assert {column(columns, "Z").role, column(columns, "empty").role} == {"constant"}


def test_a_column_that_repeats_another_is_its_duplicate_after_typing() -> None:
    columns = read({"spend": SPEND, "spend_eur": [f"€{value}" for value in SPEND]})
    assert column(columns, "spend_eur").role == "duplicate"
    assert "the same as 'spend'" in column(columns, "spend_eur").why


def test_nested_columns_are_unused_and_say_why() -> None:
    frame = pa.table({"basket": [["a"], ["b", "c"], []] * 4, "x": [float(i) for i in range(12)]})
    found = column(read(ibis.memtable(frame)), "basket")
    assert (found.role, found.use) == ("text", "unused")
    assert "lists" in found.why


def test_decimals_of_any_type_are_numbers() -> None:
    frame = pa.table({"x": pa.array([1, 2, 3] * 4, pa.decimal128(9, 2)), "y": pa.array(range(12), pa.int16())})
    assert [found.parse.kind for found in read(ibis.memtable(frame)).all] == ["number", "number"]


def test_postal_codes_are_no_numbers() -> None:
    assert column(read(beside("Postal Code", [str(10000 + i * 37) for i in range(80)])), "Postal Code").role == "text"


# --- personal data


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "CUSTOMERNAME",
        "First Name",
        "CONTACTLASTNAME",
        "Nachname",
        "prénom",
        "apellido",
        "E-Mail",
        "PHONE",
        "Straße",
    ],
)
def test_personal_columns_are_known_by_name(name: str) -> None:
    columns = read({**beside(name, [f"someone {i}" for i in range(40)])})
    assert (column(columns, name).role, column(columns, name).use) == ("personal", "unused")


@pytest.mark.parametrize("name", ["product name", "Channel", "Country", "City", "email_opened", "Campaign name"])
def test_names_of_things_are_not_personal(name: str) -> None:
    assert personal(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "Kontakt",
        "Ansprechpartner",
        "Contact",
        "Kundenbetreuerin",
        "Vertreter",
        "account_manager",
        "sales rep",
        "Account Owner",
        "responsable",
        "vendedor",
    ],
)
def test_a_few_people_in_charge_are_personal_and_no_category(name: str) -> None:
    assert roles(read(beside(name, ["Anna Meier", "Bob K."] * 20)))[name] == "personal"


@pytest.mark.parametrize("name", ["contact", "Kontakt", "last contact"])
def test_ways_to_reach_a_customer_are_a_category(name: str) -> None:
    assert roles(read(beside(name, ["cellular", "E-Mail", "unknown", "Telefon"] * 10)))[name] == "category"


@pytest.mark.parametrize("pattern", ["a{}@example.org", "+49 170 12345{:02d}", "(212) 555-01{:02d}", "10.0.0.{}"])
def test_personal_columns_are_known_by_content(pattern: str) -> None:
    columns = read(beside("x", [pattern.format(i) for i in range(40)]))
    assert column(columns, "x").role == "personal"


def test_no_value_of_a_personal_column_is_ever_said() -> None:
    columns = read(beside("E-Mail", [f"secret{i}@example.org" for i in range(39)] + ["n/a"]))
    assert "secret" not in repr(columns.all) + repr(columns.notes)
    assert "E-Mail" not in columns.table.columns


def test_a_personal_column_cannot_be_named() -> None:
    with pytest.raises(InputError, match="'E-Mail' cannot be used: it holds personal data"):
        read(beside("E-Mail", [f"a{i}@example.org" for i in range(30)]), feature=("E-Mail", "height"))


# --- choices


def test_named_features_are_exactly_the_features() -> None:
    columns = read(
        with_ids(spend=SPEND, visits=[str(i % 9) for i in range(40)], gender=["m", "f"] * 20), feature=("spend",)
    )
    assert {found.name: found.use for found in columns.all} == {
        "customer_id": "id",
        "spend": "feature",
        "visits": "describe",
        "gender": "describe",
    }


def test_names_match_whatever_their_case_spaces_or_label() -> None:
    table = {" Income ": SPEND, "Annual Spend (k$)": SPEND[::-1], "x": [str(i) for i in range(40)]}
    columns = read(table, feature=("income", "annual spend"))
    assert [found.use for found in columns.all] == ["feature", "feature", "describe"]


def test_unknown_names_fail_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"--feature: there is no column 'Incme'; did you mean 'Income'\?"):
        read({"Income": SPEND, "x": SPEND[::-1]}, feature=("Incme",))


@pytest.mark.parametrize("key", ["id", "value", "describe", "exclude"])
def test_every_choice_checks_its_names(key: str) -> None:
    choices: dict[str, Any] = {key: "zzz" if key == "id" else ("zzz",)}
    with pytest.raises(InputError, match=f"--{key}: there is no column 'zzz'"):
        read({"Income": SPEND}, **choices)


def test_excluded_columns_are_unused() -> None:
    columns = read({"a": SPEND, "b": SPEND[::-1], "c": [str(i * 3 % 17) for i in range(40)]}, exclude=("b",))
    assert (column(columns, "b").use, column(columns, "b").why) == ("unused", "left out with --exclude")


def test_a_told_role_overrides_the_found_one() -> None:
    columns = read({**beside("Region", ["1", "2", "3"] * 10)}, role={"region": "number"})
    assert (column(columns, "Region").role, column(columns, "Region").why) == ("number", "told with --role")


def test_a_told_role_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="'word' cannot be read as a number; its values are words"):
        read(beside("word", ["a", "b", "c"] * 10), role={"word": "number"})


@pytest.mark.parametrize(("values_", "reason"), [(["7"] * 20, "the same value"), ([None] * 20, "empty in every row")])
def test_constant_features_are_refused_only_when_named(values_: list[str | None], reason: str) -> None:
    table = beside("flat", values_)
    read(table)
    with pytest.raises(InputError, match=f"'flat' cannot be used: .*{reason}"):
        read(table, feature=("flat", "height"))


def test_categories_are_clustered_on_where_fewer_than_two_columns_are_numbers() -> None:
    columns = read(with_ids(gender=["m", "f"] * 20, city=["a", "b", "c", "d"] * 10))
    assert [found.use for found in columns.all] == ["id", "feature", "feature"]
    assert any("categories" in note for note in columns.notes)


# --- the id and the rows


def test_the_best_named_unique_column_is_the_id() -> None:
    columns = read(
        {"Row ID": [str(i) for i in range(40)], "Kundennummer": [f"K{i:04d}" for i in range(40)], "x": SPEND}
    )
    assert columns.id == "Kundennummer"
    assert column(columns, "Row ID").use == "unused"
    assert column(columns, "Kundennummer").why == "named like an id and unique in every row"


def test_whole_ids_stay_whole_and_zero_padded_ones_text() -> None:
    assert values(read(with_ids(x=SPEND)), "customer_id")[0] == 1
    padded = read({"customer_id": [f"{i:05d}" for i in range(40)], "x": SPEND})
    assert values(padded, "customer_id")[0] == "00000"


def test_a_unique_amount_is_no_id() -> None:
    columns = read({"income": [str(120000 + i * 17) for i in range(40)], "x": SPEND})
    assert columns.id == "customer"
    assert column(columns, "income").role == "amount"


def test_unique_codes_without_a_name_may_be_the_id() -> None:
    assert read({"ref": [f"AB-{i:05d}" for i in range(40)], "x": SPEND}).id == "ref"
    assert read({"number2": SPEND, "col": [str(5500000 + i) for i in range(40)]}).id == "col"


def test_rows_without_an_id_are_numbered_in_source_order() -> None:
    columns = read({"x": SPEND, "customer": ["a", "b"] * 20})
    assert columns.id == "row"
    assert columns.table.to_pandas().row.tolist() == list(range(1, 41))
    assert any("rows were numbered 1 to 40" in note for note in columns.notes)


SHUFFLED = [str(i * 7 % 40) for i in range(40)]


@pytest.mark.parametrize(
    "name", ["column_1", "Unnamed: 0", "Unnamed: 0.1", "index", "__index_level_0__", "Nr", "serial no"]
)
def test_a_row_number_is_neither_clustered_on_nor_an_id(name: str) -> None:
    columns = read({name: SHUFFLED, "x": SPEND})
    found = column(columns, name)
    assert (found.role, found.use) == ("id", "unused")
    assert "numbers the rows" in found.why
    assert columns.id == "customer"


def test_a_row_number_with_gaps_is_one_where_it_has_no_name() -> None:
    assert column(read({"column_1": [str(i * i) for i in range(40)], "x": SPEND}), "column_1").role == "id"
    assert column(read({"height": [str(i * i) for i in range(40)], "x": SPEND}), "height").role == "number"
    assert column(read({"x": SPEND, "column_2": SHUFFLED}), "column_2").role == "number"


def test_an_id_that_counts_from_one_is_still_the_id() -> None:
    assert read({"id": [str(i + 1) for i in range(40)], "x": SPEND}).id == "id"
    assert read({"column_1": [str(5500000 + i) for i in range(40)], "x": SPEND}).id == "column_1"
    assert read({"column_1": SHUFFLED, "x": SPEND}, id="column_1").id == "column_1"


def test_rows_that_differ_only_in_their_row_number_are_repeats() -> None:
    table = with_ids(x=SPEND)
    twice = {"column_1": [str(i) for i in range(41)], **{name: [*items, items[0]] for name, items in table.items()}}
    columns = read(twice)
    assert (columns.id, columns.duplicates, columns.customers) == ("customer_id", 1, 40)


@pytest.mark.parametrize(
    "ids",
    [
        pa.array([2**63 + i for i in range(40)], pa.uint64()),
        pa.array([10**30 + i for i in range(40)], pa.decimal128(38, 0)),
    ],
    ids=["uint64", "decimal"],
)
@pytest.mark.parametrize("name", ["customer_id", "hash"])
def test_ids_beyond_int64_are_text_digit_by_digit(ids: pa.Array, name: str) -> None:
    table = ibis.memtable(pa.table({name: ids, "x": [float(i % 7) for i in range(40)]}))
    columns = read(table, id=name)
    assert values(columns, name) == [str(value) for value in ids.to_pylist()]


def test_a_time_told_as_id_is_not_cut_to_its_day() -> None:
    times = [dt.datetime(2024, 1, 1, 0, i) for i in range(40)]  # noqa: DTZ001 - as in a table
    columns = read(ibis.memtable(pa.table({"at": times, "x": [float(i % 7) for i in range(40)]})), id="at")
    assert columns.customers == 40
    assert values(columns, "at")[1] == "2024-01-01 00:01:00"


def test_two_ids_told_are_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"'a' and 'b' are both told to be the id.*--id"):
        read({"a": SHUFFLED, "b": SHUFFLED, "x": SPEND}, role={"a": "id", "b": "id"})


def test_exact_repeats_are_dropped_and_counted_where_there_is_an_id() -> None:
    table = with_ids(x=SPEND)
    twice = {name: [*items, items[0], items[5]] for name, items in table.items()}
    columns = read(twice)
    assert (columns.rows, columns.duplicates, columns.customers) == (42, 2, 40)
    assert read({"x": [*SPEND, SPEND[0]]}).duplicates == 0


def test_ids_that_still_repeat_explain_the_way_out() -> None:
    with pytest.raises(InputError, match=r"'customer_id' repeats \(39 ids in 40 rows\).*--id.*--rows orders"):
        read({"customer_id": [str(max(i, 1)) for i in range(40)], "x": SPEND})


def test_a_few_rows_without_an_id_are_dropped_and_many_are_refused() -> None:
    ids: list[str | None] = [str(i) for i in range(40)]
    columns = read({"customer_id": [None, *ids[1:]], "x": SPEND})
    assert columns.customers == 39
    assert any("without a value in the id column 'customer_id'" in note for note in columns.notes)
    with pytest.raises(InputError, match="20 of 40 rows have no value in the id column"):
        read({"customer_id": [None] * 20 + ids[20:], "x": SPEND})


ORDERS = {
    "CustomerID": [str(i % 12) for i in range(40)],
    "OrderDate": [f"2024-01-{i % 28 + 1:02d}" for i in range(40)],
    "Amount": SPEND,
}


def test_orders_told_to_be_customers_need_an_id_that_does_not_repeat() -> None:
    with pytest.raises(InputError, match="the id column 'CustomerID' repeats"):
        read(ORDERS, rows="customers")
    own = {**ORDERS, "key": [f"k{i}" for i in range(40)]}
    assert read(own, id="key").customers == 40


def test_a_customer_table_with_dates_and_amounts_is_no_orders() -> None:
    table = with_ids(joined=ORDERS["OrderDate"], spend=SPEND, household_id=[str(i // 3) for i in range(40)])
    assert read(table).id == "customer_id"


# --- what a customer is worth


@pytest.mark.parametrize(
    ("names", "worth"),
    [
        (["Income", "Total Spend", "Balance"], "Total Spend"),
        (["BALANCE", "PURCHASES", "ONEOFF_PURCHASES", "CREDIT_LIMIT"], "PURCHASES"),
        (["Jahresumsatz", "Preis"], "Jahresumsatz"),
        (["clv", "revenue"], "clv"),
        (["revenue_q1", "revenue_q2"], None),
        (["Income", "price", "balance"], None),
    ],
)
def test_the_worth_of_a_customer_is_guessed_from_one_name(names: list[str], worth: str | None) -> None:
    assert best_worth(names) == worth


def test_three_amounts_with_one_prefix_are_summed() -> None:
    columns = read({name: SPEND[i:] + SPEND[:i] for i, name in enumerate(("MntWine", "MntFish", "MntGold"))})
    assert columns.value == ("MntWine", "MntFish", "MntGold")
    assert any("sum of" in note and "--value" in note for note in columns.notes)


def test_a_named_value_is_taken_and_nothing_is_assumed() -> None:
    columns = read({"a": SPEND, "b": SPEND[::-1]}, value=("b",))
    assert columns.value == ("b",)
    assert not any("worth" in note for note in columns.notes)
    with pytest.raises(InputError, match="'g' cannot be used: it is no number"):
        read({"a": SPEND, "g": ["m", "f"] * 20}, value=("g",))


# --- labels


@pytest.mark.parametrize(
    ("name", "text", "sign"),
    [
        ("Annual Income (k$)", "Annual income", "k$"),
        ("Spending Score (1-100)", "Spending score", ""),
        ("Days_since_enroll", "Days since enroll", "days"),
        ("CUST_ID", "Cust ID", ""),
        ("ONEOFF_PURCHASES", "Oneoff purchases", ""),
        ("MntFishProducts", "Spend on fish products", ""),
        ("NumWebVisitsMonth", "Number of web visits a month", ""),
        ("AcceptedCmp3", "Accepted campaign 3", ""),
        ("Flight_miles_12mo", "Flight miles 12 months", ""),
        (" Income ", "Income", ""),
        ("Award?", "Award", ""),
        ("Age", "Age", "years"),
        ("年齢", "年齢", ""),
    ],
)
def test_labels_are_for_readers(name: str, text: str, sign: str) -> None:
    assert (label(name), unit(name)) == (text, sign)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dt_Customer", "Days since becoming a customer"),
        ("last_purchase_date", "Days since last purchase"),
        ("signupDate", "Days since signup"),
        ("date", "Days since the date"),
    ],
)
def test_dates_are_labelled_as_days_since(name: str, text: str) -> None:
    assert date_label(name) == text


def test_labels_are_unique() -> None:
    assert unique(["Income", "Income", "Age"], ["income", "Income ", "age"]) == ["Income", "Income (Income)", "Age"]


def test_ids_are_ranked_by_name() -> None:
    names = ["CustomerID", "client", "ID#", "account", "Order ID", "product_id"]
    assert [id_rank(name) for name in names] == [4, 3, 2, 1, 0, 0]


# --- the whole table


def test_the_typed_table_holds_the_id_then_what_is_used() -> None:
    columns = read(
        {
            "spend": SPEND,
            "note": [f"text {i}" for i in range(40)],
            "gender": ["m", "f"] * 20,
            "ID": [str(i) for i in range(40)],
        }
    )
    assert columns.table.columns == ("ID", "spend", "gender")


def test_typing_again_gives_the_same_table() -> None:
    table = texts(
        with_ids(
            spend=[f"${value}" for value in SPEND],
            joined=ORDERS["OrderDate"],
            vip=["yes", "no"] * 20,
            region=["1", "2"] * 20,
        )
    )
    columns = read(table)
    again = typed(table, columns.all)
    pd.testing.assert_frame_equal(
        again.order_by("customer_id").to_pandas(), columns.table.order_by("customer_id").to_pandas()
    )


def test_typing_a_table_that_lost_a_column_is_refused() -> None:
    columns = read(with_ids(x=SPEND, y=SPEND[::-1]))
    with pytest.raises(InputError, match="column 'y' is not in the table"):
        typed(texts({"customer_id": ["1"], "x": ["2"]}), columns.all)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"a": ["1"], "b": ["2"]}, "only one row"),
        ({"a": [None] * 5, "b": [None] * 5}, "100% missing"),
        ({"a": ["1"] * 5, "b": ["x"] * 5}, "every column is constant"),
        ({"name": ["x", "y", "z"], "mail": ["a@b.de", "c@d.de", "e@f.de"]}, "no column can be clustered on"),
    ],
)
def test_tables_without_anything_to_use_are_refused(table: dict[str, list[str | None]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(table)


_CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(
        ["NA", "0001", "1,234", "inf", "nan", "yes", "no", "0", "1", "2024-02-30", "03/04/24", "$5", "(3)", "a@b.de"]
    ),
)
_NAMES = st.one_of(
    st.sampled_from(["id", "customer_id", "date", "name", "spend", "self", " x ", "50%", "a'b"]),
    st.text(min_size=1, max_size=6),
)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_table_of_text_is_read_or_refused_in_one_sentence(data: st.DataObject) -> None:
    names = data.draw(st.lists(_NAMES.filter(str.isprintable), min_size=1, max_size=4, unique_by=str.casefold))
    rows = data.draw(st.integers(1, 12))
    table = {name: data.draw(st.lists(_CELLS, min_size=rows, max_size=rows)) for name in names}
    try:
        columns = read(table)
    except InputError:
        return
    out = columns.table.to_pyarrow()
    assert out.num_rows == columns.customers
    assert out.column(columns.id).null_count == 0
    assert len({found.label for found in columns.all}) == len(names)


# --- real files


def from_file(path: str, **options: Any) -> ibis.Table:
    return ibis.duckdb.connect().read_csv(DATA / path, all_varchar=True, header=True, **options)


@needs_data
def test_wholesale_customers() -> None:
    found = roles(read(from_file("wholesale/Wholesale_customers_data.csv")))
    assert {found.pop("Channel"), found.pop("Region")} == {"category"}
    assert set(found.values()) == {"amount"}


@needs_data
def test_ibm_365_customers() -> None:
    columns = read(from_file("ibm_365_segmentation/segmentation data.csv"))
    assert list(roles(columns).values()) == [
        "id",
        "flag",
        "flag",
        "number",
        "category",
        "amount",
        "category",
        "category",
    ]


@needs_data
def test_credit_card_customers() -> None:
    columns = read(from_file("cc_general/CC GENERAL.csv"))
    found = roles(columns)
    assert {found[name] for name in found if name.endswith(("FREQUENCY", "TRX"))} | {found["TENURE"]} == {"number"}
    assert (columns.id, columns.value, column(columns, "MINIMUM_PAYMENTS").missing) == ("CUST_ID", ("PURCHASES",), 313)


@needs_data
@pytest.mark.parametrize(
    "path",
    [
        "marketing_campaign.csv",
        "variants/marketing_campaign_semicolon_bom.csv",
        "variants/marketing_campaign_semicolon_german_dates.csv",
        "variants/marketing_data_currency_strings.csv",
    ],
)
def test_customer_personality_reads_alike_in_every_copy(path: str) -> None:
    columns = read(from_file(f"customer_personality/{path}"))
    income = next(found for found in columns.all if found.name.strip() == "Income")
    assert (income.role, income.missing, columns.latest) == ("amount", 24, dt.date(2014, 6, 29))
    assert columns.table[income.name].sum().to_pyarrow().as_py() == pytest.approx(115_779_909)
    assert {"date", "flag", "category", "number", "amount", "id"} <= set(roles(columns).values())


@needs_data
def test_mall_customers() -> None:
    columns = read(from_file("mall_customers/variants/Mall_Customers_NOT_CANONICAL_KerenLopez.csv"))
    assert (columns.rows, columns.duplicates, columns.customers) == (812, 12, 800)
    assert (column(columns, "Annual Income (k$)").unit, column(columns, "Spending Score (1-100)").role) == (
        "k$",
        "number",
    )


def test_large_tables_are_estimated_where_nothing_hangs_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.DataFrame({
        "customer_id": [f"k{i:05}" for i in range(3000)],
        "city": [f"c{i % 40}" for i in range(3000)],
        "spend": [float(i * 37 % 2500) for i in range(3000)],
        "joined": pd.to_datetime("2024-01-01") + pd.to_timedelta([i % 700 for i in range(3000)], "D"),
    })  # fmt: skip
    source = ibis.memtable(table)
    exact = read_columns(source, ColumnSettings(), prepare="auto", today=TODAY)
    monkeypatch.setattr("segreport.columns.measuring.ESTIMATED", 1000)
    rough = read_columns(source, ColumnSettings(), prepare="auto", today=TODAY)
    facts = [(c.name, c.role, c.use, c.missing) for c in exact.all]
    assert [(c.name, c.role, c.use, c.missing) for c in rough.all] == facts
    assert {c.name: c.distinct for c in rough.all if c.name in ("customer_id", "city")} == {
        "customer_id": 3000,
        "city": 40,
    }
