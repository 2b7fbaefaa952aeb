"""The ledger: what was sent to whom survives crashes, and is read with care."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segreport.errors import InputError
from segreport.mailing import Entry, Ledger
from segreport.mailing.ledger import key_of, open_ledger

ENTRY = Entry("2026-10", "ana@example.com", "all", "f00d", "<1@shop.example>", "sending", "2026-11-02T08:00:00", "")
SENT = replace(ENTRY, result="sent")
BOB = replace(ENTRY, address="bob@example.com")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deliveries.jsonl"


def silent() -> None:
    pass


def test_a_line_is_a_try_with_its_result(path: Path) -> None:
    Ledger(path).add(replace(ENTRY, result="refused", why="550 no such user"))
    assert json.loads(path.read_text()) == {
        "period": "2026-10",
        "address": "ana@example.com",
        "part": "all",
        "fingerprint": "f00d",
        "message_id": "<1@shop.example>",
        "result": "refused",
        "when": "2026-11-02T08:00:00",
        "why": "550 no such user",
    }


def test_the_last_try_of_a_delivery_counts(path: Path) -> None:
    for entry in (ENTRY, BOB, SENT):
        Ledger(path).add(entry)
    ledger = Ledger(path)
    assert ledger.last(ENTRY.key) == SENT
    assert ledger.last(BOB.key) == BOB
    assert ledger.times_sent(ENTRY.key) == 1


@pytest.mark.parametrize(
    "other", [replace(ENTRY, period="2026-09"), replace(ENTRY, part="s1"), replace(ENTRY, fingerprint="beef")]
)
def test_another_month_part_or_report_is_another_delivery(path: Path, other: Entry) -> None:
    Ledger(path).add(SENT)
    assert Ledger(path).last(other.key) is None


def test_capitals_make_no_other_address(path: Path) -> None:
    Ledger(path).add(SENT)
    assert Ledger(path).last(key_of("2026-10", "Ana@Example.com", "all", "f00d")) == SENT


@given(st.integers(min_value=0))
def test_a_line_cut_off_anywhere_leaves_the_one_before_it_standing(
    tmp_path_factory: pytest.TempPathFactory, at: int
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "deliveries.jsonl"
    Ledger(path).add(ENTRY)
    before = path.stat().st_size
    Ledger(path).add(SENT)
    whole = path.read_bytes()
    path.write_bytes(whole[: before + at % (len(whole) - 1 - before)])
    assert Ledger(path).last(ENTRY.key) == ENTRY
    Ledger(path).add(BOB)
    assert Ledger(path).entries == [ENTRY, BOB]


@pytest.mark.parametrize("line", [b"", b"null", b"[1]", b"\0\0\0\0", b"\xff\xfe", b'{"period": "2026-10"}'])
def test_what_is_no_line_of_ours_is_passed_over(path: Path, line: bytes) -> None:
    path.write_bytes(line)
    Ledger(path).add(SENT)
    assert Ledger(path).entries == [SENT]


@pytest.mark.parametrize("line", [b"null", b"[1]", b"\0\0\0\0", b"\xff\xfe", b'{"period": "2026-10"}', b'{"per'])
def test_a_damaged_line_is_named_and_nothing_read_around_it(path: Path, line: bytes) -> None:
    Ledger(path).add(SENT)
    path.write_bytes(path.read_bytes() + b"\n" + line + b"\n")
    with pytest.raises(
        InputError, match=r"deliveries\.jsonl, line 3: damaged, .* from a backup, or take that line out"
    ):
        Ledger(path)


def test_a_last_line_that_lacks_its_end_alone_is_kept(path: Path) -> None:
    Ledger(path).add(SENT)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert Ledger(path).last(ENTRY.key) == SENT
    Ledger(path).add(BOB)
    assert Ledger(path).entries == [SENT, BOB]


def test_a_name_in_any_script_comes_back(path: Path) -> None:
    entry = replace(SENT, address="josé@example.com", why="„nein“, 不, \u2028 \x85")
    Ledger(path).add(entry)
    Ledger(path).add(BOB)
    assert Ledger(path).entries == [entry, BOB]


def test_an_open_ledger_lets_nobody_else_in(path: Path) -> None:
    waited = []

    def closed() -> None:
        waited.append(True)
        raise InterruptedError  # instead of waiting

    with open_ledger(path, silent), pytest.raises(InterruptedError), open_ledger(path, closed):
        pass
    with open_ledger(path, closed):
        assert waited == [True]


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"deliveries\.jsonl: cannot be written .*nothing was sent"):
        open_ledger(tmp_path / "missing" / "deliveries.jsonl", silent).__enter__()


def test_a_full_disk_stops_the_sending(path: Path) -> None:
    ledger = Ledger(path)
    ledger.path = Path("/dev/full")
    with pytest.raises(InputError, match="no more are sent"):
        ledger.add(ENTRY)
    assert ledger.entries == []
    assert "No space left" in ledger.fault


def test_the_ledger_is_written_by_its_owner_alone(path: Path) -> None:
    with open_ledger(path, silent):
        assert not stat.S_IMODE(path.stat().st_mode) & (stat.S_IWGRP | stat.S_IWOTH)
