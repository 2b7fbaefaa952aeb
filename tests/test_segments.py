"""Segments: the model, everyone's segment, and the SQL that finds the same one."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from segreport import segments
from segreport.columns import Column, Columns, Parse, read_columns
from segreport.errors import InputError, SettingsError
from segreport.features import LevelStep, NumberStep, Recipe, draw_sample, fit_recipe
from segreport.methods import Method, cutter, nearest
from segreport.segments import Fitted, Model, agreement, assign, assigning, cluster, load_model, segments_sql
from segreport.settings import ColumnSettings, ReadSettings
from segreport.sources import Data, open_source

AS_OF = dt.date(2026, 10, 31)
METHODS: tuple[Method, ...] = ("kmeans", "ward", "bisecting")


@dataclass(frozen=True, eq=False)
class Made:
    """Customers whose segments were made, and the assignments as they were written."""

    raw: ir.Table
    columns: Columns
    sample: pa.Table
    fitted: Fitted
    written: pa.Table

    @property
    def found(self) -> dict[Any, str]:
        return dict(zip(self.written[self.columns.id].to_pylist(), self.written["segment_id"].to_pylist(), strict=True))

    def sql(self, dialect: str = "duckdb") -> str:
        return segments_sql(self.fitted.model, self.raw, self.columns, dialect=dialect, agree=agreement(self.fitted))

    def by_sql(self) -> dict[Any, str]:
        """What segments.sql gives for the source as it was found."""
        engine: Any = self.raw.get_backend()
        engine.create_view("customers", self.raw, overwrite=True)
        return dict(engine.raw_sql(self.sql()).fetchall())


def make(
    data: Data, *, k: int = 4, method: Method = "kmeans", size: int = 200_000, prepare: Any = "auto", **choices: Any
) -> Made:
    source = open_source(data, ReadSettings())
    columns = read_columns(source.table, ColumnSettings(**choices), prepare=prepare, today=AS_OF)
    sample = draw_sample(columns, seed=0, size=size)
    features = [column for column in columns.all if column.use == "feature"]
    recipe = fit_recipe(sample, features, as_of=AS_OF, prepare=prepare)
    fitted = cluster(
        recipe.encode(sample),
        cutter(method, recipe.encode(sample), seed=0)(k).centres,
        columns,
        recipe,
        method=method,
        seed=0,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "assigned.parquet"
        assign(fitted, sample, columns, path)
        return Made(source.table, columns, sample, fitted, pq.read_table(path))


def customers(rows: int = 240) -> pd.DataFrame:
    """Customers of all kinds: numbers, a date, a category and a flag, with gaps; four groups and some in between."""
    rng = np.random.default_rng(2)
    group = np.arange(rows) % 4
    region = pd.Series(np.array(["North", "South", "West"])[rng.integers(0, 3, rows)])
    spend = np.exp(rng.normal(np.array([3.0, 3.0, 6.0, 6.0])[group], 0.8)).round(2)
    return pd.DataFrame({
        "customer_id": np.arange(rows) + 1000,
        "age": np.where(rng.random(rows) < 0.05, np.nan, rng.normal(40, 12, rows).round()),
        "total_spent": np.where(rng.random(rows) < 0.05, np.nan, spend),
        "since": pd.to_datetime("2026-10-01") - pd.to_timedelta(rng.integers(0, 900, rows), "D"),
        "region": region.where(rng.random(rows) > 0.1),
        "newsletter": pd.Series(np.array(["yes", "no"])[group // 2]).where(rng.random(rows) > 0.1),
    })  # fmt: skip


FEATURES = ("age", "total_spent", "since", "region", "newsletter")


# --- the model


def test_segments_are_numbered_from_the_largest_to_the_smallest() -> None:
    made = make(customers(120), k=5)
    sizes = pd.Series(made.found).value_counts()
    assert made.fitted.model.ids == ("s1", "s2", "s3", "s4", "s5")
    assert list(sizes[list(made.fitted.model.ids)]) == sorted(sizes, reverse=True)


def test_a_model_read_back_from_json_gives_everyone_the_same_segment() -> None:
    made = make(customers(), feature=FEATURES)
    model = replace(made.fitted.model, names=made.fitted.model.ids, period="2026-10", until="2026-10-31T00:00:00")
    again = load_model(model.to_json())
    assert again == model
    labels = nearest(again.recipe.encode(made.sample), again.matrix)[0]
    assert (labels == made.fitted.labels).all()


def test_a_model_holds_no_customer() -> None:
    frame = customers().assign(customer_id=[f"person-{i}" for i in range(240)])
    text = make(frame, feature=FEATURES).fitted.model.to_json()
    assert b"person-" not in text
    assert len(text) < 10_000


def test_an_id_column_with_the_name_of_another_assignments_column_is_refused() -> None:
    for name in ("segment_id", "SEGMENT_ID", "Segment", "MARGIN"):
        with pytest.raises(InputError, match=f"'{name}' has a name that assignments"):
            make(customers().rename(columns={"customer_id": name}), id=name)


# --- the assignments


@pytest.mark.parametrize("method", METHODS)
def test_everyone_has_one_segment_and_a_margin_from_0_to_1(method: Method) -> None:
    made = make(customers(), method=method)
    assert made.written.column_names == ["customer_id", "segment_id", "margin"]
    assert made.written["customer_id"].to_pylist() == sorted(customers()["customer_id"])
    margins = made.written["margin"].to_numpy()
    assert margins.min() >= 0
    assert margins.max() <= 1


@pytest.mark.parametrize("method", METHODS)
def test_where_everyone_was_in_the_sample_the_methods_own_labels_stand(method: Method) -> None:
    made = make(customers(), method=method)
    own = cutter(method, made.fitted.X, seed=0)(4).labels
    pairs = {(int(a), int(b)) for a, b in zip(own, made.fitted.labels, strict=True)}
    assert len(pairs) == 4  # one name for one name
    expected = dict(zip(made.sample["customer_id"].to_pylist(), (f"s{j + 1}" for j in made.fitted.labels), strict=True))
    assert made.found == expected


def test_a_customer_whom_the_tree_put_elsewhere_than_the_nearest_centre_lies_on_the_border() -> None:
    made = make(customers(), method="ward", k=6)
    closest = nearest(made.fitted.X, made.fitted.model.matrix)[0]
    elsewhere = set(np.array(made.sample["customer_id"])[closest != made.fitted.labels])
    margins = dict(zip(made.written["customer_id"].to_pylist(), made.written["margin"].to_pylist(), strict=True))
    assert elsewhere
    assert {margins[ident] for ident in elsewhere} == {0}


@pytest.mark.parametrize("method", METHODS)
def test_customers_outside_the_sample_get_the_nearest_centre_as_in_one_pass(
    method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assigning, "BATCH", 2048)  # several batches
    frame = pd.concat([customers()] * 20, ignore_index=True).assign(customer_id=range(4800))
    made = make(frame, method=method, size=150, feature=FEATURES)
    everyone = made.columns.table.to_pyarrow()
    labels, margins = nearest(made.fitted.model.recipe.encode(everyone), made.fitted.model.matrix)
    expected = {ident: f"s{j + 1}" for ident, j in zip(everyone["customer_id"].to_pylist(), labels, strict=True)}
    assert made.found == expected
    assert made.written["margin"].to_pylist() == pytest.approx(np.round(margins, 4).tolist())


def test_a_sample_that_is_not_everyone_is_labelled_as_everyone_is() -> None:
    """Else sizes would be counted one way and quantiles another."""
    made = make(customers(), method="ward", size=150)
    sampled = made.sample["customer_id"].to_pylist()
    assert [made.found[ident] for ident in sampled] == [f"s{j + 1}" for j in made.fitted.labels]
    assert agreement(made.fitted) == 1


def test_the_order_of_the_rows_changes_no_ones_segment() -> None:
    mixed = customers().sample(frac=1, random_state=4)
    assert make(mixed).found == make(customers()).found
    assert make(mixed).fitted.model == make(customers()).fitted.model


# --- the SQL


def german(frame: pd.DataFrame) -> str:
    """The customers as a spreadsheet of another country exports them: semicolons, commas, dots in dates, euros."""
    shown = frame.assign(
        total_spent=[
            "" if pd.isna(v) else f"{v:,.2f} €".translate(str.maketrans(",.", ".,")) for v in frame.total_spent
        ],
        since=frame.since.dt.strftime("%d.%m.%Y"),
        region=frame.region.fillna(" "),
        newsletter=frame.newsletter.map({"yes": "Ja", "no": "nein"}).fillna("k.A."),
    )
    return shown.to_csv(index=False, sep=";")


def sources(folder: Path) -> Mapping[str, Data]:
    """The same customers as a frame with types, a plain CSV, and one that takes reading."""
    plain, foreign = folder / "plain.csv", folder / "german.csv"
    customers().to_csv(plain, index=False)
    foreign.write_text(german(customers()), encoding="utf-8")
    typed = customers().assign(newsletter=customers().newsletter.map({"yes": True, "no": False}).astype("boolean"))
    return {"frame": typed, "plain": plain, "german": foreign}


@pytest.mark.parametrize("kind", ["frame", "plain", "german"])
@pytest.mark.parametrize("prepare", ["auto", "plain"])
def test_the_sql_gives_the_source_as_found_the_same_segments(tmp_path: Path, kind: str, prepare: str) -> None:
    made = make(sources(tmp_path)[kind], feature=FEATURES, prepare=prepare)
    assert {column.name: column.parse.kind for column in made.fitted.model.inputs} == {
        "age": "number",
        "total_spent": "number",
        "since": "date",
        "region": "text",
        "newsletter": "text" if kind == "german" else "flag",
    }
    assert made.by_sql() == made.found
    assert "It gives the same segments as assignments.parquet" in made.sql()


def test_the_sql_of_rows_without_an_id_asks_for_a_number(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    customers().drop(columns="customer_id").to_csv(path, index=False)
    made = make(path)
    engine: Any = made.raw.get_backend()
    engine.raw_sql(
        f'CREATE VIEW customers AS SELECT row_number() OVER () AS "{made.columns.id}", * FROM {made.raw.get_name()}'  # noqa: S608 - a name of ours
    )
    assert dict(engine.raw_sql(made.sql()).fetchall()) == made.found


@pytest.mark.parametrize("method", ["ward", "bisecting"])
def test_where_a_tree_was_cut_the_sql_says_for_how_many_it_is_right(method: Method) -> None:
    made = make(customers(), method=method, k=6)
    others = sum(segment != made.found[ident] for ident, segment in made.by_sql().items())
    assert 0 < others < 120
    assert f"It gives all but {others} of 240 customers the same segment as assignments.parquet" in made.sql()
    assert f"where {method} cut a tree." in made.sql()


def test_a_few_of_many_customers_are_still_counted() -> None:
    made = make(customers(3000), method="ward", k=2)
    text = segments_sql(made.fitted.model, made.raw, made.columns, dialect="duckdb", agree=1 - 1 / 3000)
    assert "all but 1 of 3,000 customers the same segment" in text


def test_only_a_tree_is_called_one() -> None:
    assert "tree" not in make(customers()).sql()


def test_no_column_name_or_value_leaves_its_quotes() -> None:
    """Neither the head's comments nor the statement may be left: names and words come from other people's files."""
    named = {"age": 'visits\nDROP TABLE x; --"', "region": 'a"b`c]d'}
    frame = customers().rename(columns=named)
    frame[named["region"]] = frame[named["region"]].replace({"North": "N'; DROP\n  TABLE x; --\\"})
    made = make(frame, feature=(*named.values(), "total_spent"), role={named["region"]: "category"})
    assert made.by_sql() == made.found
    for dialect in segments.DIALECTS:
        text = made.sql(dialect)
        head = text.split("\nWITH ")[0].splitlines()
        assert len(head) == 3
        assert all(line.startswith("-- ") for line in head)
        assert '"visits DROP TABLE x; --"""' in head[1]
        read = dialect.replace("athena", "trino")  # sqlglot expects backslashes that Athena's SELECT does not know
        (tree,) = sqlglot.parse(text, read=read)
        assert isinstance(tree, sqlglot.exp.Select)
        assert set(frame[named["region"]].dropna()) <= {word.this for word in tree.find_all(sqlglot.exp.Literal)}


small = st.one_of(st.none(), st.integers(-3, 3).map(float), st.floats(-1e6, 1e6), st.floats(0, 1e9))
tables = st.lists(
    st.tuples(small, small, st.none() | st.sampled_from("ab'\" "), st.none() | st.booleans()), min_size=8, max_size=30
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(tables, st.integers(2, 3))
def test_the_sql_gives_any_table_the_same_segments(rows: list[tuple[Any, ...]], k: int) -> None:
    names = ("x", "y", "plan", "news")
    types = (pa.float64(), pa.float64(), pa.string(), pa.bool_())
    values = {
        name: pa.array(column, kind) for name, column, kind in zip(names, zip(*rows, strict=True), types, strict=True)
    }
    table = pa.table({"id": [f"c{i}" for i in range(len(rows))], **values})
    try:
        made = make(table, k=k, id="id", role={"x": "number", "y": "number", "plan": "category"})
    except (InputError, ValueError):  # nothing varies, or fewer different customers than segments
        assume(False)  # noqa: FBT003 - hypothesis wants it so
    assert made.by_sql() == made.found


@pytest.fixture(scope="module")
def untidy(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Customers as a spreadsheet has them: "n/a" for a tenth of what they spent, dollars and commas for the rest."""
    path, frame = tmp_path_factory.mktemp("untidy") / "untidy.csv", customers()
    spent = [f"${value:,.2f}" if i % 10 else "n/a" for i, value in enumerate(frame.total_spent.fillna(0))]
    frame.assign(total_spent=spent).to_csv(path, index=False)
    return make(path, feature=FEATURES)


def in_sqlite(made: Made) -> dict[Any, str]:
    """What the sqlite statement gives over the columns its head asks for."""
    rows = made.columns.table.to_pyarrow().to_pylist()
    names = list(rows[0])
    plain = [[v.isoformat() if isinstance(v, dt.date) else v for v in row.values()] for row in rows]
    with closing(sqlite3.connect(":memory:")) as engine:
        engine.execute(f"CREATE TABLE customers ({', '.join(names)})")
        engine.executemany(f"INSERT INTO customers VALUES ({', '.join('?' * len(names))})", plain)  # noqa: S608 - names of ours
        return dict(engine.execute(made.sql("sqlite")).fetchall())


def has_logarithms() -> bool:
    with closing(sqlite3.connect(":memory:")) as engine:
        try:
            engine.execute("SELECT LN(1), POWER(1, 2)")
        except sqlite3.OperationalError:
            return False
    return True


@pytest.mark.skipif(not has_logarithms(), reason="this SQLite was built without LN and POWER")
def test_sqlite_gives_typed_columns_the_same_segments(tmp_path: Path, untidy: Made) -> None:
    assert in_sqlite(untidy) == untidy.found
    for source in sources(tmp_path).values():
        made = make(source, feature=FEATURES)
        assert in_sqlite(made) == made.found


@pytest.mark.skipif(not has_logarithms(), reason="this SQLite was built without LN and POWER")
def test_rows_that_were_only_numbered_are_asked_for_a_number_elsewhere_too(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    customers().drop(columns="customer_id").to_csv(path, index=False)
    made = make(path)
    assert in_sqlite(made) == made.found


OTHERS = [dialect for dialect in segments.DIALECTS if dialect not in ("duckdb", "sqlite")]


@pytest.mark.parametrize("dialect", OTHERS)
def test_other_dialects_mean_the_same_when_read_back(untidy: Made, dialect: str) -> None:
    (again,) = sqlglot.transpile(untidy.sql(dialect), read=dialect, write="duckdb")
    engine = ibis.duckdb.connect()
    engine.create_table("customers", untidy.columns.table.to_pyarrow())
    found: dict[Any, str] = dict(engine.raw_sql(again).fetchall())
    assert found == untidy.found


LACKING = r"TRY_CAST|MAKE_DATE|DATE_FROM_PARTS|ISINF|IS_INF|REGEXP|IGNORE_NULLS|readable"


@pytest.mark.parametrize("dialect", [*OTHERS, "sqlite"])
def test_other_dialects_start_from_typed_columns_and_say_so(untidy: Made, dialect: str) -> None:
    text = untidy.sql(dialect)
    assert not re.search(LACKING, text)
    assert (
        'it needs the columns "customer_id", "age" as a number, "total_spent" as a number, "since" as a date, '
        '"region" as text, "newsletter" as true/false, and NULL where a value is missing'
    ) in text
    assert "-- On those, it gives the same segments as assignments.parquet." in text
    assert ("upper from lower case" in text) == (dialect in ("mysql", "tsql"))


DAYS = {
    "postgres": "epoch FROM CAST(CAST('2026-10-31' AS DATE) AS TIMESTAMP) - CAST(\"since\" AS TIMESTAMP)) / 86400",
    "redshift": "DATEDIFF(DAY, \"since\", CAST('2026-10-31' AS DATE))",
    "bigquery": "DATE_DIFF(CAST('2026-10-31' AS DATE), `since`, DAY)",
    "snowflake": "DATEDIFF(DAY, \"since\", CAST('2026-10-31' AS DATE))",
    "databricks": "DATEDIFF(DAY, `since`, CAST('2026-10-31' AS DATE))",
    "spark": "DATEDIFF(DAY, `since`, CAST('2026-10-31' AS DATE))",
    "mysql": "DATEDIFF(CAST('2026-10-31' AS DATE), `since`)",
    "tsql": "DATEDIFF(DAY, [since], CAST('2026-10-31' AS DATE))",
    "sqlite": "JULIANDAY('2026-10-31') - JULIANDAY(\"since\")",
    "trino": "DATE_DIFF('DAY', \"since\", CAST('2026-10-31' AS DATE))",
    "presto": "DATE_DIFF('DAY', \"since\", CAST('2026-10-31' AS DATE))",
    "athena": "DATE_DIFF('DAY', \"since\", CAST('2026-10-31' AS DATE))",
}


def test_days_before_the_as_of_date_are_counted_as_each_engine_does() -> None:
    made = make(customers(), feature=FEATURES)
    assert set(DAYS) == set(segments.DIALECTS) - {"duckdb"}
    for dialect, days in DAYS.items():
        assert days in made.sql(dialect), dialect


def test_sql_server_is_given_conditions_and_floats() -> None:
    text = make(customers(), feature=FEATURES).sql("tsql")
    assert "CASE WHEN [newsletter] = 1 THEN 'yes' WHEN [newsletter] = 0 THEN 'no' ELSE NULL END" in text
    assert "CAST(CASE WHEN COALESCE([region], 'West') = 'North' THEN 0.7 ELSE 0.0 END AS FLOAT) AS z4" in text


def test_a_column_named_as_one_of_the_steps_keeps_its_quotes() -> None:
    made = make(customers().rename(columns={"customer_id": "id", "age": "z1"}), id="id", feature=("z1", "total_spent"))
    assert made.by_sql() == made.found
    assert 'CAST("z1" AS DOUBLE)' in made.sql("snowflake")  # where Z1 would be another
    assert '"id" AS id' in made.sql("snowflake")


@pytest.mark.parametrize("dialect", ["klingon", "prql", "tableau", "solr", "oracle", ""])
def test_another_dialect_is_refused_with_the_ones_there_are(dialect: str) -> None:
    with pytest.raises(
        SettingsError, match=f"--sql-dialect '{dialect}' is not known; use one of duckdb, postgres"
    ) as e:
        make(customers()).sql(dialect)
    assert all(known in str(e.value) for known in segments.DIALECTS)


def by_hand() -> Model:
    """Two segments on age and plan, with numbers that can be followed."""
    return Model(
        schema=1,
        method="kmeans",
        id="customer id",
        inputs=(),
        recipe=Recipe(
            AS_OF,
            (
                NumberStep("age", 30.0, log=False, low=18.0, high=80.0, mean=40.0, scale=10.0, filled=0, tamed=0),
                NumberStep("spend", 5.0, log=True, low=None, high=None, mean=2.5, scale=0.5, filled=0, tamed=0),
                LevelStep("plan", "basic", ("basic", "pro"), 0.7, 0),
            ),
            {},
        ),
        ids=("s1", "s2"),
        centres=((-0.5, 1.25, 0.7, 0.0), (0.5, -1.0, 0.35, 0.35)),
    )


SQL = """\
-- The segment of every customer, from the report's model (model.json): the one with the nearest centre.
-- Replace the table customers by your own; it needs the columns "customer id", "age", "spend", "plan".
-- It gives the same segments as assignments.parquet.
WITH readable AS (
  SELECT
    "customer id",
    "age",
    CAST("spend" AS DOUBLE) AS "spend",
    "plan"
  FROM customers
), points AS (
  SELECT
    "customer id" AS id,
    (LEAST(GREATEST(COALESCE("age", 30.0), 18.0), 80.0) - 40.0) / 10.0 AS z1,
    (LN(GREATEST(COALESCE("spend", 5.0), 0.0) + 1) - 2.5) / 0.5 AS z2,
    CASE WHEN COALESCE("plan", 'basic') = 'basic' THEN 0.7 ELSE 0.0 END AS z3,
    CASE WHEN COALESCE("plan", 'basic') = 'pro' THEN 0.7 ELSE 0.0 END AS z4
  FROM readable
), distances AS (
  SELECT
    id,
    POWER(z1 + 0.5, 2) + POWER(z2 - 1.25, 2) + POWER(z3 - 0.7, 2) + POWER(z4 - 0.0, 2) AS d1,
    POWER(z1 - 0.5, 2) + POWER(z2 + 1.0, 2) + POWER(z3 - 0.35, 2) + POWER(z4 - 0.35, 2) AS d2
  FROM points
)
SELECT
  id AS "customer id",
  CASE LEAST(d1, d2) WHEN d1 THEN 's1' WHEN d2 THEN 's2' ELSE NULL END AS segment_id
FROM distances;
"""


def test_the_sql_reads_as_a_person_would_write_it() -> None:
    raw = ibis.memtable(pa.table({
        "customer id": ["a", "b"], "age": [20.0, 30.0], "spend": [1, 2], "plan": ["pro", "basic"]
    }))  # fmt: skip
    kinds: dict[str, Any] = {"customer id": "text", "age": "number", "spend": "number", "plan": "text"}
    known = tuple(
        Column(name, name, "", "id" if kind == "text" else "number", "feature", "", 0, 2, Parse(kind))
        for name, kind in kinds.items()
    )
    columns = Columns(known, raw, "customer id", 2, 0, 2, None, (), ())
    assert segments_sql(by_hand(), raw, columns, dialect="duckdb", agree=1) == SQL
