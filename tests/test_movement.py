"""Who moved, why, and what that did to each segment: small months written by hand, and sums that hold for any."""

from __future__ import annotations

import io
from collections import Counter
from math import isclose
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segreport.errors import InputError
from segreport.history import Flow, Parts, Problem, Turnover
from segreport.history.changes import ageing_known, changes_of, flows_of, turnover_of, why_of
from segreport.history.cohorts import Cohort, cohorts_of
from segreport.history.movement import Why
from segreport.history.movers import filter_movers, write_movers
from segreport.history.routes import Route, Trails, routes_of

THEN = {1: "s1", 2: "s1", 3: "s1", 4: "s2", 5: "s2", 6: "s3"}
NOW = {1: "s1", 2: "s2", 3: "s2", 4: "s4", 5: "s1", 7: "s1", 8: "s4"}
OWN = {1: "s1", 2: "s1", 3: "s1", 4: "s2", 5: "s2", 6: "s3"}
AGED = {1: "s1", 2: "s2", 3: "s1", 4: "s2", 5: "s2", 6: "s1"}
ACTED = {1: "s1", 2: "s2", 3: "s2", 4: "s2", 5: "s1", 7: "s1", 8: "s2"}
WORTH_THEN = {1: 10.0, 2: 20.0, 3: 30.0, 4: 40.0, 5: 50.0, 6: 60.0}
WORTH_NOW = {1: 15.0, 2: 20.0, 3: 25.0, 4: 45.0, 5: 50.0, 7: 70.0, 8: 80.0}
NAMES = {"s1": "Champions", "s2": "At risk", "s3": "Gift buyers", "s4": "Newcomers"}


class Months:
    """Files of customers, written where a test wants them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, file: str, ids: Any, name: str = "id", **columns: Any) -> Path:
        path = self.folder / f"{file}.parquet"
        pq.write_table(pa.table({name: ids, **columns}), path)
        return path

    def labels(self, file: str, labels: dict[Any, str], name: str = "id", **more: Any) -> Path:
        return self.write(file, list(labels), name, segment_id=list(labels.values()), **more)

    def worth(self, file: str, worth: dict[int, float]) -> Path:
        return self.write(file, list(worth), segreport_value=list(worth.values()))

    def full(self, **changes: Any) -> Trails:
        """Return six customers then and seven now, after a refit, with all that can be known."""
        known: dict[str, Any] = {
            "then": self.labels("then", THEN),
            "then_id": "id",
            "now": self.labels("now", NOW),
            "now_id": "id",
            "then_inputs": self.worth("then_inputs", WORTH_THEN),
            "now_inputs": self.worth("now_inputs", WORTH_NOW),
            "aged": self.write("aged", list(OWN), own=list(OWN.values()), aged=list(AGED.values())),
            "acted": self.labels("acted", ACTED),
            "earlier": (self.labels("earlier", {1: "s1", 8: "s1", 99: "s2"}, "customer"),),
        }
        return Trails(**known | changes)

    def plain(self, then: Any, now: Any, *, then_id: str = "id", now_id: str = "id") -> Trails:
        """Return customers who were all in s1 and now are in s2, by these ids."""
        return Trails(
            self.write("then", then, then_id, segment_id=["s1"] * len(then)),
            then_id,
            self.write("now", now, now_id, segment_id=["s2"] * len(now)),
            now_id,
        )


@pytest.fixture
def months(tmp_path: Path) -> Months:
    return Months(tmp_path)


def routes(trails: Trails) -> tuple[Route, ...]:
    found = routes_of(trails)
    assert not isinstance(found, Problem), found
    return found


def code(trails: Trails) -> str:
    found = routes_of(trails)
    assert isinstance(found, Problem)
    return found.code


def both(trails: Trails) -> int:
    return turnover_of(routes(trails)).both


def test_every_customer_takes_one_way(months: Months) -> None:
    assert set(routes(months.full())) == {
        Route("s1", "s1", "s1", "s1", "s1", returned=False, customers=1, value_before=10, value_after=15),
        Route("s1", "s1", "s2", "s2", "s2", returned=False, customers=1, value_before=20, value_after=20),
        Route("s1", "s1", "s1", "s2", "s2", returned=False, customers=1, value_before=30, value_after=25),
        Route("s2", "s2", "s2", "s2", "s4", returned=False, customers=1, value_before=40, value_after=45),
        Route("s2", "s2", "s2", "s1", "s1", returned=False, customers=1, value_before=50, value_after=50),
        Route("s3", None, None, None, None, returned=False, customers=1, value_before=60),
        Route(None, None, None, "s1", "s1", returned=False, customers=1, value_after=70),
        Route(None, None, None, "s2", "s4", returned=True, customers=1, value_after=80),
    }


def test_customers_of_one_way_are_counted_together(months: Months) -> None:
    assert routes(months.plain([1, 2, 3], [1, 2, 4])) == (
        Route("s1", None, None, None, "s2", returned=False, customers=2),
        Route("s1", None, None, None, None, returned=False, customers=1),
        Route(None, None, None, None, "s2", returned=False, customers=1),
    )


def test_with_a_kept_model_this_months_segments_are_the_old_models(months: Months) -> None:
    found = routes(months.full(acted=None, kept=True))
    assert all(route.acted == route.after for route in found)


def test_values_that_are_missing_or_no_numbers_count_as_nothing(months: Months) -> None:
    worth = months.write("odd", [1, 2, 3, 4], segreport_value=[1.5, None, float("nan"), float("inf")])
    assert sum(route.value_before for route in routes(months.full(then_inputs=worth))) == 1.5


def test_without_a_value_none_is_known(months: Months) -> None:
    trails = months.full(now_inputs=months.write("bare", list(NOW), visits=list(NOW)))
    assert not trails.valued
    assert all(route.value_after == 0 for route in routes(trails))
    assert months.full().valued


@pytest.mark.parametrize(
    "then",
    [
        pa.array([1, 2, 3], pa.int32()),
        pa.array([1, 2, 3], pa.uint64()),
        pa.array(["1", "2", "3"]),
        pa.array(["1.0", "2.0", "3.0"]),
        pa.array(["0001", "0002", "0003"]),
        pa.array([1.0, 2.0, 3.0]),
        pa.array(["1", "2", "3"]).dictionary_encode(),
    ],
    ids=lambda ids: f"{ids.type} like {ids[0]}",
)
def test_a_number_is_the_same_customer_however_it_is_stored(months: Months, then: pa.Array) -> None:
    assert both(months.plain(then, pa.array([1, 2, 4], pa.int64()))) == 2
    assert both(months.plain(pa.array([1, 2, 4], pa.int64()), then)) == 2


def test_text_is_compared_as_it_is(months: Months) -> None:
    assert both(months.plain(["007", "A1", "b"], ["7", "A1", "B"])) == 1


def test_large_numbers_keep_every_digit(months: Months) -> None:
    ids = [2**53 + 1, 2**62 + 1]
    assert both(months.plain(ids, [str(ident) for ident in ids])) == 2
    assert code(months.plain(ids, [ident - 1 for ident in ids])) == "no_common_customers"


def test_ids_that_are_one_as_text_cannot_be_compared(months: Months) -> None:
    assert code(months.plain([7, 8], ["7", "007", "8"])) == "repeated_ids"


@pytest.mark.parametrize("ids", [[1, 1, 2], [1, None, 2]], ids=["repeated", "missing"])
def test_ids_that_repeat_or_are_missing_are_a_problem(months: Months, ids: list[int | None]) -> None:
    assert code(months.plain(ids, [1, 2])) == "repeated_ids"
    assert code(months.plain([1, 2], ids)) == "repeated_ids"


def test_ids_that_repeat_beside_the_assignments_are_a_problem(months: Months) -> None:
    twice = months.write("twice", [1, 1], segreport_value=[1.0, 2.0])
    assert code(months.full(then_inputs=twice)) == "repeated_ids"


def test_no_common_customer_is_a_problem_that_names_both_columns(months: Months) -> None:
    problem = routes_of(months.plain([1, 2], [3, 4], then_id="old_number", now_id="client"))
    assert isinstance(problem, Problem)
    assert problem.code == "no_common_customers"
    assert "'old_number'" in problem.text
    assert "'client'" in problem.text


def test_an_id_of_another_name_must_find_half_of_the_customers_again(months: Months) -> None:
    assert code(months.plain([1, 2, 3, 4, 5], [1, 2, 13, 14], then_id="customer", now_id="row")) == "other_ids"
    assert both(months.plain([1, 2, 3, 4], [1, 2, 13, 14], then_id="customer", now_id="row")) == 2


def test_an_id_that_is_only_written_differently_is_the_same(months: Months) -> None:
    assert both(months.plain([1, 2, 3, 4, 5], [1, 12], then_id="Customer ID", now_id="customer_id")) == 1


def test_numbered_rows_are_nobody(months: Months) -> None:
    problem = routes_of(months.plain([1, 2], [1, 2]), numbered=True)
    assert isinstance(problem, Problem)
    assert problem.code == "numbered_rows"


def test_files_that_cannot_be_read_are_a_problem(months: Months) -> None:
    torn = months.folder / "torn.parquet"
    torn.write_bytes(b"PAR1")
    assert code(months.full(then=torn)) == "unreadable_customers"
    assert code(months.full(then_inputs=torn)) == "unreadable_customers"
    assert code(months.full(then=months.folder / "gone.parquet")) == "unreadable_customers"
    assert code(months.full(then_id="another")) == "unreadable_customers"


def test_who_was_there_before_last_month_has_returned_whatever_the_id_was_then(months: Months) -> None:
    earlier = (
        months.labels("e1", {"8": "s1", "x": "s1"}, "before"),
        months.write("e2", [7.0, None], segment_id=["s1", "s1"]),
    )
    assert turnover_of(routes(months.full(earlier=earlier))).returned == 2
    assert turnover_of(routes(months.full(earlier=()))).returned == 0


def test_turnover_is_counted_by_hand(months: Months) -> None:
    moved: dict[Why, int] = {"behaviour": 2, "model": 1, "time": 1}
    assert turnover_of(routes(months.full())) == Turnover(6, 7, 5, new=1, returned=1, lost=1, moved=moved)


def test_flows_are_the_largest_first_with_those_who_stayed(months: Months) -> None:
    flows = flows_of(routes(months.full()), valued=True)
    assert flows == (
        Flow("s1", "s2", 2, 45.0, behaviour=1, time=1),
        Flow("new", "s1", 1, 70.0),
        Flow("returned", "s4", 1, 80.0),
        Flow("s1", "s1", 1, 15.0),
        Flow("s2", "s1", 1, 50.0, behaviour=1),
        Flow("s2", "s4", 1, 45.0),  # our model's doing
        Flow("s3", "lost", 1, 60.0),
    )
    assert all(flow.value is None for flow in flows_of(routes(months.full()), valued=False))


def test_changes_are_divided_as_worked_out_by_hand(months: Months) -> None:
    changes = {change.id: change for change in changes_of(routes(months.full()), NAMES, valued=True)}
    assert list(changes) == ["s1", "s2", "s3", "s4"]
    assert (changes["s1"].before, changes["s1"].after) == (3, 3)
    # 7 came; time took 2; 3 went to s2 and 5 came from there by what they did
    assert changes["s1"].parts == Parts(arrivals=1, ageing=-1, behaviour=0)
    assert changes["s2"].parts == Parts(arrivals=1, ageing=1, behaviour=0, model=-2)
    assert changes["s3"].parts == Parts(departures=-1)
    assert changes["s4"].parts == Parts(model=2)
    # 1 spends 5 more; 5 brings the 50 of then, and 3 takes along 30
    assert changes["s1"].value_parts == Parts(arrivals=70, ageing=-20, behaviour=20, spending=5)
    assert changes["s2"].value_parts == Parts(arrivals=80, ageing=20, behaviour=-20, spending=0, model=-125)
    assert changes["s3"].value_parts == Parts(departures=-60)
    assert changes["s4"].value_parts == Parts(model=125)
    assert (changes["s1"].value_before, changes["s1"].value_after) == (60, 135)


def test_without_the_old_model_only_coming_and_going_are_known(months: Months) -> None:
    (s1, s2) = changes_of(routes(months.full(acted=None)), ["s1", "s2"], valued=True)
    assert s1.parts == Parts(arrivals=1, unknown=-1)
    assert s2.parts == Parts(unknown=0)
    assert s1.value_parts == Parts(arrivals=70, unknown=15 - 10 - 20 - 30 + 50)


def test_without_old_inputs_behaviour_holds_what_time_did(months: Months) -> None:
    found = routes(months.full(aged=None))
    assert not ageing_known(found)
    assert ageing_known(routes(months.full()))
    assert changes_of(found, ["s1"], valued=False)[0].parts == Parts(arrivals=1, behaviour=-1)


@pytest.mark.parametrize(
    ("way", "why"),
    [
        (("s1", "s1", "s1", "s2", "s2"), "behaviour"),
        (("s1", "s1", "s2", "s2", "s2"), "time"),
        (("s1", "s1", "s1", "s1", "s2"), "model"),
        (("s1", "s2", "s2", "s2", "s2"), "model"),
        (("s1", "s1", "s2", "s3", "s3"), "behaviour"),
        (("s1", "s1", "s1", "s2", "s3"), "model"),
        (("s1", None, None, "s2", "s2"), "behaviour"),
        (("s1", "s1", "s1", None, "s2"), "unknown"),
        ((None, None, None, "s1", "s2"), "new"),
        (("s1", None, None, None, None), "lost"),
    ],
)
def test_why_is_the_last_step_that_changed_the_segment(way: tuple[str | None, ...], why: str) -> None:
    before, own, aged, acted, after = way
    assert why_of(Route(before, own, aged, acted, after, returned=False, customers=1)) == why


def test_who_comes_back_is_not_new() -> None:
    assert why_of(Route(None, None, None, "s1", "s1", returned=True, customers=1)) == "returned"


SEGMENT = st.sampled_from(["s1", "s2", "s3", "s4"])
WORTH = st.floats(-1e6, 1e9, allow_nan=False)


@st.composite
def some_routes(draw: st.DrawFn) -> Route:
    before, after = draw(
        st.one_of(st.tuples(SEGMENT, SEGMENT), st.tuples(SEGMENT, st.none()), st.tuples(st.none(), SEGMENT))
    )
    there = before is not None and after is not None
    own, aged = draw(st.one_of(st.just((None, None)), st.tuples(SEGMENT, SEGMENT))) if there else (None, None)
    return Route(
        before,
        own,
        aged,
        draw(st.none() | SEGMENT) if after else None,
        after,
        returned=draw(st.booleans()) if before is None else False,
        customers=draw(st.integers(1, 10**6)),
        value_before=draw(WORTH) if before else 0.0,
        value_after=draw(WORTH) if after else 0.0,
    )


SOME = st.lists(some_routes(), max_size=30).map(tuple)


@given(SOME)
def test_parts_add_up_to_the_change_of_every_segment(found: tuple[Route, ...]) -> None:
    for change in changes_of(found, NAMES, valued=True):
        assert change.parts.total == change.after - change.before
        assert change.before == sum(route.customers for route in found if route.before == change.id)
        assert change.after == sum(route.customers for route in found if route.after == change.id)
        assert change.value_parts
        assert change.value_before is not None
        assert change.value_after is not None
        # floats that nearly cancel leave a trace of the largest
        largest = max((abs(value) for route in found for value in (route.value_before, route.value_after)), default=0)
        whole = change.value_after - change.value_before
        assert isclose(change.value_parts.total, whole, rel_tol=1e-9, abs_tol=1e-9 * largest)


@given(SOME)
def test_moves_between_segments_neither_make_nor_lose_customers(found: tuple[Route, ...]) -> None:
    parts = [change.parts for change in changes_of(found, NAMES, valued=False)]
    for part in ("ageing", "behaviour", "model", "unknown"):
        assert sum(getattr(each, part) for each in parts) == 0
    turnover = turnover_of(found)
    assert sum(each.arrivals for each in parts) == turnover.new + turnover.returned
    assert sum(each.departures for each in parts) == -turnover.lost
    assert all(each.spending == 0 and each.departures <= 0 for each in parts)


@given(SOME)
def test_flows_and_turnover_agree_with_the_sizes(found: tuple[Route, ...]) -> None:
    turnover, flows = turnover_of(found), flows_of(found, valued=True)
    changes = changes_of(found, NAMES, valued=True)
    left, reached = Counter[str](), Counter[str]()
    for flow in flows:
        left[flow.source] += flow.customers
        reached[flow.target] += flow.customers
    assert turnover.before == sum(change.before for change in changes) == turnover.both + turnover.lost
    assert turnover.after == sum(change.after for change in changes) == turnover.both + turnover.new + turnover.returned
    assert all(left[change.id] == change.before and reached[change.id] == change.after for change in changes)
    assert (left["new"], left["returned"], reached["lost"]) == (turnover.new, turnover.returned, turnover.lost)
    stayed = sum(flow.customers for flow in flows if flow.source == flow.target)
    assert sum(turnover.moved.values()) == turnover.both - stayed
    assert sum(flow.behaviour for flow in flows) == turnover.moved.get("behaviour", 0)
    assert sum(flow.time for flow in flows) == turnover.moved.get("time", 0)
    assert all(flow.behaviour + flow.time <= (flow.source != flow.target) * flow.customers for flow in flows)
    worth = sum(flow.value or 0 for flow in flows if flow.target == "s1")
    assert isclose(worth, changes[0].value_after or 0, rel_tol=1e-9, abs_tol=1e-3)


def test_cohorts_are_last_months_segments_wherever_they_are_now(months: Months) -> None:
    assert cohorts_of(months.full(), 30, ordered=False) == {
        "s1": Cohort(3, 3, 1, value_before=60, value_after=60),
        "s2": Cohort(2, 2, 1, value_before=90, value_after=95),
        "s3": Cohort(1, 0, 0, value_before=0, value_after=0),
    }


def test_cohorts_without_a_value_say_so(months: Months) -> None:
    assert cohorts_of(months.full(then_inputs=None), 30, ordered=False)["s1"] == Cohort(3, 3, 1)


def test_cohorts_of_orders_know_who_ordered_since(months: Months) -> None:
    then = months.labels("then_orders", THEN, recency=[5] * 6, frequency=[1, 2, 3, 4, 5, 6], monetary=[10.0] * 6)
    recency = [35, 30, 29, 0, 34, 1, 1]
    now = months.labels("now_orders", NOW, recency=recency, frequency=[1, 2, 4, 6, 5, 1, 1], monetary=[12.5] * 7)
    cohorts = cohorts_of(months.full(then=then, now=now, then_inputs=None), 30, ordered=True)
    # 30 days later, a last order 30 days ago is one of the last day of last month
    assert cohorts["s1"] == Cohort(3, 3, 1, None, None, 1, 6, 7, 30, 37.5)
    assert cohorts["s2"] == Cohort(2, 2, 1, None, None, 1, 9, 11, 20, 25)
    assert cohorts["s3"] == Cohort(1, 0, 0, None, None, 0, 0, 0, 0, 0)


def movers(trails: Trails) -> Path:
    path = trails.then.with_name("movers.csv")
    write_movers(trails, path, names_then=NAMES, names_now={**NAMES, "s2": "At risk, big"}, period="2026-10")
    return path


def test_movers_are_those_whose_segment_differs(months: Months) -> None:
    assert movers(months.full()).read_text(encoding="utf-8") == (
        "id,from,to,when,why,from_id,to_id\n"
        '2,Champions,"At risk, big",2026-10,time,s1,s2\n'
        '3,Champions,"At risk, big",2026-10,behaviour,s1,s2\n'
        "5,At risk,Champions,2026-10,behaviour,s2,s1\n"
        "4,At risk,Newcomers,2026-10,model,s2,s4\n"
        "6,Gift buyers,,2026-10,lost,s3,\n"
        "7,,Champions,2026-10,new,,s1\n"
        "8,,Newcomers,2026-10,returned,,s4\n"
    )


def test_a_header_is_there_when_nobody_moved(months: Months) -> None:
    same = months.labels("same", {1: "s1"})
    path = months.folder / "movers.csv"
    count = write_movers(Trails(same, "id", same, "id"), path, names_then=NAMES, names_now=NAMES, period="2026-10")
    assert (count, path.read_text(encoding="utf-8")) == (0, "id,from,to,when,why,from_id,to_id\n")
    with pytest.raises(InputError, match="new, returned"):
        filter_movers(path, source="Champions", target=None, out=io.StringIO())


def test_movers_carry_this_months_name_of_the_id_even_if_it_is_one_of_ours(months: Months) -> None:
    path = movers(months.plain([1, 2], ["1", "2", "x"], then_id="customer", now_id="From"))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("From,")
    assert [line.split(",")[0] for line in lines[1:]] == ["1", "2", "x"]
    assert filtered(path, "new", None) == ["x"]


def test_movers_are_not_written_where_customers_cannot_be_compared(months: Months) -> None:
    with pytest.raises(InputError, match="No customer of the last report"):
        movers(months.plain([1], [2]))
    with pytest.raises(InputError, match="repeat"):
        movers(months.plain([1, 1], [1]))


def filtered(path: Path, source: str | None, target: str | None) -> list[str]:
    out = io.StringIO()
    count = filter_movers(path, source=source, target=target, out=out)
    header, *rows = out.getvalue().splitlines()
    assert header == path.read_text(encoding="utf-8").splitlines()[0]
    assert count == len(rows)
    return [row.partition(",")[0] for row in rows]


@pytest.mark.parametrize(
    ("source", "target", "ids"),
    [
        ("Champions", "At risk, big", "23"),
        ("champions", "S2", "23"),
        ("s1", "At risk", "23"),  # as it was called last month
        (None, "Champions", "57"),
        ("At risk", None, "54"),
        ("new", None, "7"),
        ("RETURNED", "Newcomers", "8"),
        (None, "lost", "6"),
        ("Newcomers", None, ""),  # people came there, nobody left
        (None, None, "2354678"),
    ],
)
def test_movers_are_filtered_by_name_or_id(months: Months, source: str | None, target: str | None, ids: str) -> None:
    assert filtered(movers(months.full()), source, target) == list(ids)


def test_an_unknown_segment_is_answered_with_the_known_ones(months: Months) -> None:
    with pytest.raises(InputError, match="'Champs'; name one of: At risk, At risk, big, Champions, Gift buyers"):
        filter_movers(movers(months.full()), source="Champs", target=None, out=io.StringIO())
    with pytest.raises(InputError, match="nobody left a segment called 'lost'"):
        filter_movers(movers(months.full()), source="lost", target=None, out=io.StringIO())


def test_filtered_movers_go_to_a_file_but_never_onto_the_list_itself(months: Months) -> None:
    path, out = movers(months.full()), months.folder / "campaign.csv"
    assert filter_movers(path, source="s1", target="s2", out=out) == 2
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3
    with pytest.raises(InputError, match="is the list that is read"):
        filter_movers(path, source="s1", target=None, out=path)


def test_another_file_is_no_list_of_movers(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for source in (None, "s1"):
        with pytest.raises(InputError, match=r"is no movers\.csv"):
            filter_movers(tmp_path / "other.csv", source=source, target=None, out=io.StringIO())
    (tmp_path / "empty.csv").touch()
    with pytest.raises(InputError, match=r"is no movers\.csv"):
        filter_movers(tmp_path / "empty.csv", source=None, target=None, out=io.StringIO())
    with pytest.raises(InputError, match="cannot be read"):
        filter_movers(tmp_path / "gone.csv", source=None, target=None, out=tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
