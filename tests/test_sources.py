from __future__ import annotations

import csv
import gzip
import io
import re
import sqlite3
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources import Source, open_source
from segreport.sources.encodings import WORD, best_codec
from segreport.sources.layout import clean_names

DATA = Path(__file__).parents[2] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside this checkout")

PLAIN = "id,name,spend\n1,Bo,20.5\n2,Al,30\n3,Cy,\n"
ROWS = [("1", "Bo", "20.5"), ("2", "Al", "30"), ("3", "Cy", None)]


def put(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(data: Any, **settings: Any) -> Source:
    return open_source(data, ReadSettings(**settings))


def rows_of(source: Source) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in source.table.to_pyarrow().to_pylist()]


def count_of(source: Source) -> int:
    return int(source.table.count().to_pyarrow().as_py())


def columns_of(source: Source) -> list[str]:
    return list(source.table.columns)


def said(source: Source) -> str:
    return " ".join(source.notes)


# Text


def test_a_plain_csv_is_read_as_text_and_nothing_needs_saying(tmp_path: Path) -> None:
    source = read(put(tmp_path / "customers.csv", PLAIN))
    assert columns_of(source) == ["id", "name", "spend"]
    assert rows_of(source) == ROWS
    assert source.notes == ()
    assert source.name == "customers.csv"


@pytest.mark.parametrize(
    ("delimiter", "word"),
    [(";", "semicolon"), ("\t", "tab"), ("|", "bar"), ("   ", "blank")],
    ids=repr,
)
def test_the_delimiter_is_found_out_and_told(tmp_path: Path, delimiter: str, word: str) -> None:
    text = "id,name,spend\n1,Bo,20\n2,Al,30\n".replace(",", delimiter)
    source = read(put(tmp_path / "customers.txt", text))
    assert rows_of(source) == [("1", "Bo", "20"), ("2", "Al", "30")]
    assert f"{word}-separated" in said(source)


def test_decimal_commas_do_not_make_the_comma_a_delimiter(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.csv", "1;2,5;3,5\n2;3,5;1,5\n3;4,5;0,5\n"))
    assert rows_of(source)[0] == ("1", "2,5", "3,5")


def test_a_told_delimiter_is_taken(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path / "a.csv", "a^b\n1^2\n"), delimiter="^")) == [("1", "2")]
    assert rows_of(read(put(tmp_path / "b.csv", "a\tb\n1,5\t2\n"), delimiter="tab")) == [("1,5", "2")]


def test_leading_blanks_and_runs_of_blanks_mean_nothing_in_a_blank_separated_file(tmp_path: Path) -> None:
    source = read(
        put(tmp_path / "cdnow.txt", " customer_id  date cds\r\n 00001 19970101  1\r\n 00002 19970112  12\r\n")
    )
    assert columns_of(source) == ["customer_id", "date", "cds"]
    assert rows_of(source) == [("00001", "19970101", "1"), ("00002", "19970112", "12")]


def test_quoted_fields_keep_delimiters_doubled_quotes_and_line_breaks(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.csv", 'id,address,n\r\n1,"Main St 5,\r\nParis",3\r\n2,"a ""b""",4\r\n'))
    assert rows_of(source) == [("1", "Main St 5,\r\nParis", "3"), ("2", 'a "b"', "4")]


def test_the_word_na_is_a_word_and_blanks_stay(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path / "a.csv", "id,territory\n1,NA\n2, x \n"))) == [("1", "NA"), ("2", " x ")]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(tmp_path: Path, newline: str) -> None:
    assert rows_of(read(put(tmp_path / "a.csv", PLAIN.replace("\n", newline)))) == ROWS


def test_mixed_line_ends_are_read(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path / "a.csv", "a,b\r\n1,2\n3,4\r\n5,6\n"))) == [("1", "2"), ("3", "4"), ("5", "6")]


def test_note_rows_above_the_header_are_skipped_and_told(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.csv", "Customer report\nMade by Bo, in May\n\n" + PLAIN))
    assert rows_of(source) == ROWS
    assert "Skipped 2 note rows above the header." in source.notes


def test_note_rows_padded_with_delimiters_are_skipped(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path / "a.csv", "Customer report,,\n,,\n" + PLAIN))) == ROWS


def test_more_note_rows_than_rows_are_still_notes(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.csv", "One note\nTwo notes\nThree notes\nid,name,spend\n1,Bo,2\n"))
    assert rows_of(source) == [("1", "Bo", "2")]


def test_a_file_without_a_header_gets_numbered_names_and_says_how_to_name_them(tmp_path: Path) -> None:
    source = read(put(tmp_path / "purchases.txt", "760\t25\t2009-11-06\n860\t50\t2012-09-28\n"))
    assert columns_of(source) == ["column_1", "column_2", "column_3"]
    assert count_of(source) == 2
    assert "--names" in said(source)


def test_given_names_stand_in_for_a_header_that_is_not_there(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.txt", "760\t25\n860\t50\n"), names=("customer", "amount"))
    assert columns_of(source) == ["customer", "amount"]
    assert len(rows_of(source)) == 2


def test_given_names_replace_a_header_and_this_is_told(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.csv", PLAIN), names=("p", "q", "r"))
    assert columns_of(source) == ["p", "q", "r"]
    assert rows_of(source) == ROWS
    assert "replaced" in said(source)


def test_names_that_are_not_as_many_as_the_columns_are_an_error_that_shows_no_value(tmp_path: Path) -> None:
    file = put(tmp_path / "a.txt", "760\t25\t2009-11-06\n860\t50\t2012-09-28\n")
    with pytest.raises(
        InputError, match=r"3 columns, but --names gives 2 \(customer, amount\); name every one"
    ) as caught:
        read(file, names=("customer", "amount"))
    assert "2009" not in str(caught.value)


def test_years_can_be_column_names(tmp_path: Path) -> None:
    assert columns_of(read(put(tmp_path / "a.csv", "country,2025,2026\nDE,1,2\nFR,3,4\n"))) == [
        "country",
        "2025",
        "2026",
    ]


def test_repeated_names_are_made_unique_in_any_case_of_letters() -> None:
    names, unnamed, notes = clean_names(["id", " x ", "X", "x", "x_2", ""])
    assert names == ("id", "x", "X_3", "x_4", "x_2", "column_6")
    assert unnamed == ("column_6",)
    assert "'X' to 'X_3'" in notes[0]


def test_a_delimiter_at_the_end_of_every_line_makes_no_column(tmp_path: Path) -> None:
    for text in ("id,spend,\n1,2,\n2,3,\n", "id,spend\n1,2,\n2,3,\n", "id,spend,\n1,2\n2,3\n"):
        source = read(put(tmp_path / "a.csv", text))
        assert (columns_of(source), rows_of(source)) == (["id", "spend"], [("1", "2"), ("2", "3")])


def test_row_numbers_without_a_name_are_called_column_1(tmp_path: Path) -> None:
    for text in (",id,spend\n0,10,20\n1,11,21\n", '"id","spend"\n"1",10,20\n"2",11,21\n'):
        source = read(put(tmp_path / "a.csv", text))
        assert columns_of(source) == ["column_1", "id", "spend"]
        assert "column_1" in said(source)


def test_empty_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.csv", "id,spend\n1,2\n,\n\n3,4\n"))
    assert rows_of(source) == [("1", "2"), ("3", "4")]
    assert source.notes == ("Left out 1 empty row.",)


# Text that is not quite CSV


def test_a_few_rows_that_do_not_fit_are_left_out_counted_and_located(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.csv", "id,x,y\n" + "1,2,3\n" * 500 + "7,8\n9,9,9,9\n"))
    assert count_of(source) == 500
    assert said(source).startswith("2 rows were left out")
    assert "502, 503" in said(source)


def test_many_rows_that_do_not_fit_are_an_error_with_the_first_line(tmp_path: Path) -> None:
    file = put(tmp_path / "a.csv", "id,x,y\n" + "1,2,3\n7,8\n" * 50)
    with pytest.raises(InputError, match=r"line 3: 2 fields where the table has 3, and 50 of 100 rows .*--delimiter"):
        read(file)


def test_a_quotation_mark_left_open_swallows_no_row_unsaid(tmp_path: Path) -> None:
    many = "".join(f"{i},2,3\n" for i in range(200))
    for text in (f'id,x,y\n1,"2,3\n{many}', f'id,x,y\n1,"2,3\n{many}5,6",7\n{many}'):
        source = read(put(tmp_path / "a.csv", text))
        assert count_of(source) == text.count("\n") - 1
        assert "Quotation marks do not come in pairs" in said(source)


def test_one_open_quotation_mark_costs_one_row_where_others_are_in_pairs(tmp_path: Path) -> None:
    many = "".join(f'"{i}","a, b","3"\n' for i in range(300))
    source = read(put(tmp_path / "a.csv", f'"id","x","y"\n"1","2,3\n{many}'))
    assert count_of(source) == 300
    assert rows_of(source)[0] == ("0", "a, b", "3")
    assert "One row was left out" in said(source)


def test_inch_signs_are_characters_like_any_other(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.tsv", 'id\titem\tn\n1\t"5 inch\t2\n2\t"6 inch\t3\n3\tp\t4\n'))
    assert [row[1] for row in rows_of(source)] == ['"5 inch', '"6 inch', "p"]


def test_a_footer_is_left_out(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.csv", "id,spend\n" + "1,2\n" * 60 + "Total\n\nPrinted today, by Bo, here\n"))
    assert count_of(source) == 60


# Encodings


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850"])
def test_the_encoding_is_found_out(tmp_path: Path, codec: str) -> None:
    words = ["Müller", "Berguvsvägen", "José Martín", "Peña", "Genève", "MÜNCHEN", "Françoise"]
    text = "id,name\n" + "".join(f"{i},{word}\n" for i, word in enumerate(words * 3))
    source = read(put(tmp_path / "a.csv", text.encode(codec)))
    assert [row[1] for row in rows_of(source)] == words * 3
    assert codec == "utf-8-sig" or codec in said(source)


def test_one_letter_far_down_the_file_settles_the_encoding(tmp_path: Path) -> None:
    head = b"id,name\n" + b"".join(b"%d,abcdef\n" % i for i in range(30_000))
    source = read(put(tmp_path / "a.csv", head + "x,Berguvsvägen\n".encode("cp850")))
    assert source.table.filter(source.table.id == "x").to_pyarrow().to_pylist() == [{"id": "x", "name": "Berguvsvägen"}]
    assert "cp850" in said(source)


@pytest.mark.parametrize("codec", ["cp1252", "cp850"])
@pytest.mark.parametrize("word", ["Köln", "Zürich", "GARÇON", "Élise", "São Paulo", "smørrebrød", "ÅNGSTRÖM", "Málaga"])
def test_letters_tell_one_old_encoding_from_another(codec: str, word: str) -> None:
    assert best_codec(WORD.findall(f"1,{word},2".encode(codec))) == codec


def test_typographic_signs_do_not_speak_against_cp1252() -> None:
    words = WORD.findall("£5, l’été – “Café” 10 € naïve 5°".encode("cp1252"))
    assert best_codec(words) == "cp1252"


def test_a_told_encoding_is_taken(tmp_path: Path) -> None:
    file = put(tmp_path / "a.csv", "id,name\n1,Łódź\n".encode("cp1250"))
    assert rows_of(read(file, encoding="cp1250")) == [("1", "Łódź")]


def test_a_told_encoding_that_is_wrong_or_unknown_is_an_error(tmp_path: Path) -> None:
    file = put(tmp_path / "a.csv", "id,name\n1,Müller\n".encode("cp1252"))
    with pytest.raises(InputError, match="the text is not utf-8; leave --encoding out"):
        read(file, encoding="utf-8")
    for unknown in ("klingon", "hex"):
        with pytest.raises(InputError, match="no text encoding"):
            read(file, encoding=unknown)


def test_one_damaged_character_does_not_spoil_the_others(tmp_path: Path) -> None:
    text = "id,name\n" + "".join(f"{i},Müller\n" for i in range(100))
    source = read(put(tmp_path / "a.csv", text.encode() + b"x,M\xfcller\n"))
    assert ("0", "Müller") in rows_of(source)
    assert "not valid UTF-8" in said(source)


CELLS = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
    ),
    delimiter=st.sampled_from(",;\t|"),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_table_written_as_csv_reads_back_equal(
    tmp_path: Path, body: list[list[str]], delimiter: str, codec: str, newline: str, quoting: Any
) -> None:
    kept = [tuple(cell or None for cell in row) for row in body]
    # a key that is a number makes the header plain to see, and no row empty
    header = ["key", *(f"name {i}" for i in range(len(body[0])))]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerows([header, *([str(i), *row] for i, row in enumerate(body))])
    source = read(put(tmp_path / "a.csv", out.getvalue().encode(codec)), encoding=codec, delimiter=delimiter)
    assert columns_of(source) == header
    assert rows_of(source) == [(str(i), *row) for i, row in enumerate(kept)]


# Other files


def test_gzip_of_text_and_json_is_unpacked(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path / "a.csv.gz", gzip.compress(PLAIN.encode())))) == ROWS
    assert rows_of(read(put(tmp_path / "a.jsonl.gz", gzip.compress(b'{"a": 1}\n{"a": 2}\n')))) == [(1,), (2,)]


def test_json_lines_and_arrays_keep_numbers_and_leave_dates_as_text(tmp_path: Path) -> None:
    for text in ('{"id":1,"since":"2024-01-02"}\n{"id":2.5}\n', '\ufeff[{"id":1,"since":"2024-01-02"},{"id":2.5}]'):
        assert rows_of(read(put(tmp_path / "a.json", text))) == [(1.0, "2024-01-02"), (2.5, None)]


def test_nested_json_is_text_and_told(tmp_path: Path) -> None:
    source = read(put(tmp_path / "a.json", '[{"id":1,"tags":["x"]},{"id":2,"tags":[]}]'))
    assert rows_of(source) == [(1, '["x"]'), (2, "[]")]
    assert "Nested values are kept as text: tags." in source.notes


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "no rows"),
        ('{"a":{"0":1},"b":{"0":3}}', "not records"),
        ('{"a":1}\n{"a":\n', "Malformed"),
        ("[1,2,3]", "one record a line"),
        ('{"a":1,"A":2}\n', "upper and lower case"),
    ],
)
def test_json_that_is_no_table_is_an_error(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read(put(tmp_path / "a.json", text))


def test_parquet_keeps_its_types_and_lists_become_text(tmp_path: Path) -> None:
    pq.write_table(pa.table({" id ": [1, 2], "spend": [1.5, None], "tags": [["a"], []]}), tmp_path / "a.parquet")
    source = read(tmp_path / "a.parquet")
    assert columns_of(source) == ["id", "spend", "tags"]
    assert rows_of(source)[0] == (1, 1.5, "[a]")


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def relations(**targets: str) -> str:
    kinds = {name: "worksheet" if "sheet" in target else "officeDocument" for name, target in targets.items()}
    links = "".join(
        f'<Relationship Id="{name}" Target="{target}" Type="{OFFICE}/{kinds[name]}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """Write the least xlsx that is one."""
    files = {name: f"worksheets/sheet{i}.xml" for i, name in enumerate(sheets)}
    kinds = "".join(f'<Override PartName="/xl/{file}" ContentType="{SHEET}.worksheet+xml"/>' for file in files.values())
    kinds += f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET}.sheet.main+xml"/>'
    kinds += '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{i + 1}" r:id="r{i}"/>' for i, name in enumerate(sheets))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types">{kinds}</Types>')
        archive.writestr("_rels/.rels", relations(r0="xl/workbook.xml"))
        archive.writestr(
            "xl/_rels/workbook.xml.rels", relations(**{f"r{i}": file for i, file in enumerate(files.values())})
        )
        book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
        archive.writestr("xl/workbook.xml", book)
        for name, rows in sheets.items():
            body = "".join(
                f'<row r="{r}">{"".join(cell(r, c, value) for c, value in enumerate(row))}</row>'
                for r, row in enumerate(rows, 1)
            )
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
            archive.writestr(f"xl/{files[name]}", sheet)
    return path


def cell(row: int, column: int, value: Any) -> str:
    place = f"{chr(ord('A') + column)}{row}"
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith("#"):
        return f'<c r="{place}" t="e"><v>{value}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


TABLE: list[list[Any]] = [["id", "name", "spend"], [1, "Bo", 20.5], [2, "Al", None]]


def test_a_workbook_keeps_whole_numbers_whole_and_skips_note_rows(tmp_path: Path) -> None:
    source = read(workbook(tmp_path / "a.xlsx", {"Customers": [["Report of May"], [], *TABLE]}))
    assert columns_of(source) == ["id", "name", "spend"]
    assert rows_of(source) == [(1, "Bo", 20.5), (2, "Al", None)]
    assert source.notes == ("Skipped one note row above the header.",)


def test_the_first_sheet_with_a_table_is_read_and_the_others_named(tmp_path: Path) -> None:
    prose: list[list[Any]] = [
        ["This workbook holds", None, None],
        ["customers of May", None, None],
        ["and more", None, "x"],
    ]
    source = read(workbook(tmp_path / "a.xlsx", {"Read me": prose, "Customers": TABLE, "Returns": TABLE}))
    assert columns_of(source) == ["id", "name", "spend"]
    assert source.notes == ("Read sheet 'Customers'; not read: 'Read me', 'Returns' (choose with --sheet).",)


def test_a_told_sheet_is_read_and_an_unknown_one_gets_the_nearest(tmp_path: Path) -> None:
    people: list[list[Any]] = [["who", "age"], ["Di", 40]]
    file = workbook(tmp_path / "a.xlsx", {"Orders": TABLE, "People": people})
    assert rows_of(read(file, sheet="People")) == [("Di", 40)]
    with pytest.raises(InputError, match=r"no sheet 'Ordres'; there are 'Orders', 'People'\. Did you mean 'Orders'"):
        read(file, sheet="Ordres")


def test_mixed_cells_become_text_and_error_cells_are_missing(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["id", "code", "spend"], [1, 5, 2.5], [2, "5b", "#N/A"], [3, "x", 4]]
    source = read(workbook(tmp_path / "a.xlsx", {"S": rows}))
    assert rows_of(source) == [(1, "5", 2.5), (2, "5b", None), (3, "x", 4.0)]


def test_an_ods_file_is_read(tmp_path: Path) -> None:
    def entry(value: str | int) -> str:
        number = f'office:value-type="float" office:value="{value}"'
        kind = number if isinstance(value, int) else 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    table: list[list[str | int]] = [["id", "who"], [1, "Bo"], [2, "Al"]]
    rows = "".join(f"<table:table-row>{''.join(map(entry, row))}</table:table-row>" for row in table)
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    assert rows_of(read(tmp_path / "a.ods")) == [(1, "Bo"), (2, "Al")]


def test_a_workbook_cut_off_anywhere_is_one_sentence(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", {"S": TABLE}).read_bytes()
    for end in range(5, len(whole) - 1, 97):
        with pytest.raises(InputError, match="damaged or cut off"):
            read(put(tmp_path / "cut.xlsx", whole[:end]))


def test_a_zip_archive_that_is_no_workbook_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("customers.csv", PLAIN)
    with pytest.raises(InputError, match="zip archive"):
        read(tmp_path / "a.zip")


# Databases


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as database:
        database.execute("CREATE TABLE customers AS SELECT 1 AS id, DATE '2024-01-02' AS since, 2.5::DOUBLE AS spend")
    return tmp_path / "shop.duckdb"


def test_a_duckdb_file_with_one_table_is_read_and_left_alone(shop: Path) -> None:
    before = shop.read_bytes()
    source = read(shop)
    assert columns_of(source) == ["id", "since", "spend"]
    assert count_of(source) == 1
    assert shop.read_bytes() == before


def test_a_duckdb_file_answers_a_query(shop: Path) -> None:
    assert rows_of(read(shop, query="SELECT id + 1 AS next FROM customers; ")) == [(2,)]
    with pytest.raises(InputError, match=r"--query: .*kustomers"):
        read(shop, query="SELECT * FROM kustomers")


def sqlite(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


def test_a_sqlite_column_is_a_number_where_all_its_values_are(tmp_path: Path) -> None:
    file = sqlite(
        tmp_path / "a.db",
        "CREATE TABLE customers (id, spend, code)",
        "INSERT INTO customers VALUES (1, 2.5, 7), (2, 3, 'x'), (3, NULL, '')",
    )
    source = read(file)
    assert rows_of(source) == [(1, 2.5, "7"), (2, 3.0, "x"), (3, None, None)]
    assert source.notes == ("Read table 'customers'.",)


def test_several_tables_are_listed_and_a_query_chooses(tmp_path: Path) -> None:
    file = sqlite(tmp_path / "a.db", "CREATE TABLE a (x)", "CREATE TABLE b (y)", "INSERT INTO b VALUES (5)")
    with pytest.raises(InputError, match=r"2 tables \(a, b\); say which with --query"):
        read(file)
    assert rows_of(read(file, query="SELECT y FROM b")) == [(5,)]
    with pytest.raises(InputError, match="no such column: z"):
        read(file, query="SELECT z FROM b")


def test_a_text_file_answers_a_query_as_table_data(tmp_path: Path) -> None:
    file = put(tmp_path / "a.csv", PLAIN)
    assert rows_of(read(file, query="SELECT name FROM data WHERE spend::DOUBLE > 25")) == [("Al",)]
    with pytest.raises(InputError, match="syntax error"):
        read(file, query="SELEC name")


# Several files


def test_a_folder_is_read_as_one_table_in_the_order_of_names(tmp_path: Path) -> None:
    put(tmp_path / "b.csv", "id,spend\n2,20\n")
    put(tmp_path / "a.csv", "spend;id\n10;1\n")
    put(tmp_path / "_SUCCESS", "")
    put(tmp_path / "read.md", "not a table")
    source = read(tmp_path)
    assert rows_of(source) == [("10", "1"), ("20", "2")]
    assert source.name == f"{tmp_path.name} (2 files)"
    assert "a.csv: Read as semicolon-separated text." in source.notes


def test_a_pattern_is_read_and_empty_parts_are_skipped(tmp_path: Path) -> None:
    put(tmp_path / "part-1.csv", PLAIN)
    put(tmp_path / "part-0.csv", "id,name,spend\n")
    put(tmp_path / "part-2.csv", "")
    source = read(str(tmp_path / "part-*.csv"))
    assert rows_of(source) == ROWS
    assert "Left out files without a row: part-0.csv, part-2.csv." in source.notes
    with pytest.raises(InputError, match="none of the 2 files has a row"):
        read(str(tmp_path / "part-[02].csv"))


def test_files_of_different_kinds_are_read_as_one(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1], "spend": [1.5]}), tmp_path / "a.parquet")
    put(tmp_path / "b.csv", "spend,id\n2.5,2\n")
    put(tmp_path / "c.jsonl", '{"id": 3, "spend": 4}\n')
    assert rows_of(read(tmp_path)) == [("1", "1.5"), ("2", "2.5"), ("3", "4")]


def test_parquet_files_are_read_together(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1], "spend": [1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"id": [2], "spend": [2.5]}), tmp_path / "b.parquet")
    assert rows_of(read(tmp_path)) == [(1, 1.0), (2, 2.5)]


def test_differing_columns_name_the_file_and_the_difference(tmp_path: Path) -> None:
    put(tmp_path / "a.csv", "id,spend\n1,2\n")
    put(tmp_path / "b.csv", "id,spent\n1,2\n")
    with pytest.raises(InputError, match=r"b\.csv: .* a\.csv: it lacks spend and has spent besides"):
        read(tmp_path)


def test_a_file_name_may_look_like_a_pattern(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path / "may [final]*.csv", PLAIN))) == ROWS


# Frames


def test_frames_of_every_make_are_read_alike() -> None:
    values = {"id": [1, 2], "name": ["Bo", None], "spend": [1.5, None]}
    sources = [
        read(frame) for frame in (pd.DataFrame(values), pl.DataFrame(values), pl.LazyFrame(values), pa.table(values))
    ]
    for source in sources:
        assert rows_of(source) == [(1, "Bo", 1.5), (2, None, None)]
        assert source.name == "data frame"


def test_a_pandas_index_that_says_something_is_a_column() -> None:
    frame = pd.DataFrame({"customer": ["a", "a", "b"], "spend": [1, 2, 3]})
    source = read(frame.groupby("customer").agg({"spend": ["sum", "mean"]}))
    assert columns_of(source) == ["customer", "spend sum", "spend mean"]
    assert "index" in said(source)
    assert columns_of(read(frame[frame["spend"] > 1])) == ["customer", "spend"]


def test_mixed_and_categorical_pandas_columns_are_read() -> None:
    frame = pd.DataFrame({"code": [1, "x"], "level": pd.Categorical(["hi", "lo"]), 5: [1, 2]})
    source = read(frame)
    assert columns_of(source) == ["code", "level", "5"]
    assert rows_of(source) == [("1", "hi", 1), ("x", "lo", 2)]


WORDS = ["hi", "lo", None, "hi"]


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"level": pl.Series(WORDS, dtype=pl.Categorical)}),
        pl.DataFrame({"level": pl.Series(WORDS, dtype=pl.Enum(["lo", "hi"]))}),
        pd.DataFrame({"level": pd.Categorical(WORDS)}),
        pa.table({"level": pa.array(WORDS).dictionary_encode()}),
        pa.table({"level": pa.array(WORDS, pa.string_view())}),
    ],
    ids=["polars categorical", "polars enum", "pandas", "arrow dictionary", "arrow view"],
)
def test_categories_of_every_make_are_the_words_they_stand_for(frame: Any) -> None:
    assert [row[0] for row in rows_of(read(frame))] == WORDS


def test_intervals_and_periods_are_text() -> None:
    ages = pd.cut(pd.Series([5.0, 15.0, None]), [0, 10, 20])
    frame = pd.DataFrame({"age": ages, "month": pd.period_range("2024-01", periods=3, freq="M")})
    assert rows_of(read(frame)) == [("(0.0, 10.0]", "2024-01"), ("(10.0, 20.0]", "2024-02"), (None, "2024-03")]


@pytest.mark.parametrize(
    ("frame", "values"),
    [
        (pd.DataFrame({"x": np.array([1.5, 2], dtype="float16")}), [1.5, 2.0]),
        (pl.DataFrame({"x": pl.Series([1, None], dtype=pl.Int128)}), [1, None]),
        (pl.DataFrame({"x": pl.Series([1, 2**100], dtype=pl.Int128)}), ["1", str(2**100)]),
        (pa.table({"x": pa.array([1, 2], pa.decimal256(50, 2))}), [1, 2]),
        (pa.table({"x": pa.array([10**47, None], pa.decimal256(50, 2))}), [1e47, None]),
        (pd.DataFrame({"x": [1, 2**70]}), ["1", str(2**70)]),
    ],
    ids=["float16", "small int128", "large int128", "small decimal256", "large decimal256", "large int"],
)
def test_numbers_of_rare_widths_are_read(frame: Any, values: list[Any]) -> None:
    assert [row[0] for row in rows_of(read(frame))] == values


def test_row_numbers_that_pandas_wrote_are_left_out_and_told(tmp_path: Path) -> None:
    frame = pd.DataFrame({"spend": [1.5, 2.5, 3.5]}, index=[2, 0, 1])
    frame.to_parquet(tmp_path / "a.parquet")
    for data in (tmp_path / "a.parquet", pa.Table.from_pandas(frame)):
        source = read(data)
        assert columns_of(source) == ["spend"]
        assert "__index_level_0__" in said(source)


def test_an_index_of_words_is_kept(tmp_path: Path) -> None:
    pd.DataFrame({"spend": [1.5, 2.5]}, index=["a", "b"]).to_parquet(tmp_path / "a.parquet")
    assert columns_of(read(tmp_path / "a.parquet")) == ["spend", "__index_level_0__"]


def test_names_of_an_ibis_table_are_cleaned() -> None:
    table = ibis.duckdb.connect().create_table("customers", pd.DataFrame({"id": [1, 2], "spend\n(EUR)": [1.5, 2.5]}))
    assert columns_of(read(table)) == ["id", "spend (EUR)"]


def test_an_ibis_table_on_duckdb_is_taken_as_it_is() -> None:
    table = ibis.duckdb.connect().create_table("customers", pd.DataFrame({"id": [1, 2], "spend": [1.5, 2.5]}))
    assert read(table).table is table


def test_an_ibis_table_of_another_engine_is_copied_and_said_so() -> None:
    engine = ibis.sqlite.connect()
    engine.create_table("customers", pd.DataFrame({"id": [1, 2], "spend": [1.5, 2.5]}))
    table = engine.table("customers")
    source = read(table)
    assert rows_of(source) == [(1, 1.5), (2, 2.5)]
    assert source.notes == ("Copied from sqlite for counting.",)
    assert source.name == "customers"
    assert source.fingerprint == read(engine.table("customers")).fingerprint
    assert source.fingerprint != read(table.filter(table.id > 1)).fingerprint
    assert rows_of(read(table, query="SELECT id FROM data WHERE spend > 2")) == [(2,)]
    with pytest.raises(InputError, match="cannot be read"):
        read(table, query="SELEC id")
    engine.con.close()


def test_a_memtable_is_copied_like_a_frame() -> None:
    assert rows_of(read(ibis.memtable({"id": [1, 2]}))) == [(1,), (2,)]


def test_what_is_no_table_is_told_so() -> None:
    for thing in (42, [1, 2], pd.Series([1]), ibis.table({"id": "int64"}), ibis.memtable({"id": [1]}).id):
        with pytest.raises(InputError, match=r"cannot be read|not bound"):
            read(thing)
    for empty in (pd.DataFrame(), pd.DataFrame({"id": []}), ibis.memtable({"id": [1]}).limit(0)):
        with pytest.raises(InputError, match=r"no rows|no columns"):
            read(empty)


# Fingerprints


def test_the_fingerprint_follows_the_content_and_nothing_else(tmp_path: Path) -> None:
    first, second = put(tmp_path / "a.csv", PLAIN), put(tmp_path / "b.csv", PLAIN)
    assert read(first).fingerprint == read(second).fingerprint
    assert read(first).fingerprint != read(put(tmp_path / "b.csv", PLAIN + "4,Di,5\n")).fingerprint
    frame = pd.DataFrame({"id": [1, 2]})
    assert read(frame).fingerprint == read(frame.copy()).fingerprint == read(pa.table({"id": [1, 2]})).fingerprint
    assert read(frame).fingerprint != read(pd.DataFrame({"id": [1, 3]})).fingerprint


# Errors


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.csv", b"", "the file is empty"),
        ("blank.csv", b"\n \n\n", "the file is empty"),
        ("head.csv", b"id,spend\n", "a header but no row"),
        ("binary.csv", bytes(range(256)) * 50, "binary file"),
        ("binary.xlsx", bytes(range(256)) * 50, "not an Excel or ODS workbook"),
        ("paper.csv", b"%PDF-1.7 ...", "PDF"),
        ("page.csv", b"<!DOCTYPE html><html></html>", "web page"),
        ("fake.parquet", b"id,spend\n1,2\n", "not a Parquet file"),
        ("cut.parquet", b"PAR1" + b"\x15\x04" * 100, "Parquet file may be damaged"),
        ("cut.csv.gz", gzip.compress(PLAIN.encode() * 50, mtime=0)[:40], "gzip file is damaged"),
        ("cut.db", b"SQLite format 3\x00" + b"\x01" * 200, "file is not a database|malformed|unsupported"),
        ("cut.duckdb", b"\x00" * 8 + b"DUCK" + b"\x01" * 5000, "cut.duckdb: "),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged or cut off"),
        (
            "prose.txt",
            b"Dear all, this is long.\nHello, a, b, c.\nx, y, z, u, v, w\n,,,,,,,,,,\n",
            "even rows|do not fit",
        ),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence_with_the_file(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        read(put(tmp_path / name, content))
    assert name in str(caught.value)


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    put(tmp_path / "Mall_Customers.csv", PLAIN)
    with pytest.raises(InputError, match=r"no such file\. Did you mean Mall_Customers\.csv"):
        read(tmp_path / "Mall_Custmers.csv")
    with pytest.raises(InputError, match="there is no folder"):
        read(tmp_path / "nowhere" / "a.csv")


def test_a_folder_or_pattern_without_a_table_is_an_error(tmp_path: Path) -> None:
    put(tmp_path / "notes.md", "x")
    with pytest.raises(InputError, match="no table in this folder"):
        read(tmp_path)
    with pytest.raises(InputError, match="no file matches"):
        read(str(tmp_path / "*.csv"))


@pytest.mark.parametrize("url", ["https://example.org/a.csv", "s3://bucket/a.parquet"])
def test_an_address_is_not_fetched(url: str) -> None:
    with pytest.raises(InputError, match="download it first"):
        read(url)


def test_a_setting_that_would_come_to_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--sheet means nothing for a text file"):
        read(put(tmp_path / "a.csv", PLAIN), sheet="x")
    with pytest.raises(InputError, match="--delimiter '::' cannot be used"):
        read(tmp_path / "a.csv", delimiter="::")


@pytest.mark.parametrize("query", ["SELECT who::INT AS n FROM data", "SELECT strptime(who, '%Y') AS n FROM data"])
@pytest.mark.parametrize("who", ["Anna Meier", "O'Neil", 'say "Bo"', "Bo\nMeier"])
def test_what_the_engine_quotes_from_the_data_is_not_said(tmp_path: Path, query: str, who: str) -> None:
    doubled = who.replace('"', '""')
    file = put(tmp_path / "a.csv", f'id,who\n1,"{doubled}"\n')
    with pytest.raises(InputError, match="--query: Could not") as caught:
        read(file, query=query)
    assert not {"Anna", "Neil", "Bo", "Meier"} & set(re.findall(r"\w+", str(caught.value)))


def test_what_the_engine_quotes_from_the_query_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='"nope" not found'):
        read(put(tmp_path / "a.csv", PLAIN), query="SELECT nope FROM data")


@pytest.mark.parametrize("path", ["", "  "])
def test_an_empty_path_is_not_the_current_folder(path: str) -> None:
    with pytest.raises(InputError, match="path of the data is empty"):
        read(path)


# Real data


@needs_data
@pytest.mark.parametrize(
    ("path", "rows", "columns"),
    [
        ("airline_eastwest/EastWestAirlines.xlsx", 3999, 12),
        ("airline_eastwest/variants/AirlinesCluster_6col_reordered.csv", 3999, 6),
        ("cc_general/CC GENERAL.csv", 8950, 18),
        ("cdnow/CDNOW_master.txt", 69_659, 4),
        ("cdnow/CDNOW_sample.txt", 6919, 5),
        ("cdnow/CDNOW_master_header.csv", 69_659, 4),
        ("customer_personality/marketing_campaign.csv", 2240, 29),
        ("customer_personality/variants/marketing_campaign_allquoted.csv", 2240, 29),
        ("customer_personality/variants/marketing_campaign_semicolon_bom.csv", 2240, 29),
        ("customer_personality/variants/marketing_campaign_semicolon_german_dates.csv", 2240, 29),
        ("customer_personality/variants/marketing_data_currency_strings.csv", 2240, 28),
        ("ibm_365_segmentation/segmentation data.csv", 2000, 8),
        ("mall_customers/Mall_Customers.csv", 200, 5),
        ("mall_customers/variants/Mall_Customers_NOT_CANONICAL_KerenLopez.csv", 812, 5),
        ("online_retail/OnlineRetail_semicolon_decimalcomma_bom_10000.csv", 10_000, 8),
        ("online_retail/online_retail.parquet", 541_909, 8),
        ("online_retail/germany.csv", 9495, 8),
        ("purchases_essec/purchases.txt", 51_243, 3),
        ("sales_data_sample/sales_data_sample.csv", 2823, 25),
        ("superstore/Sample - Superstore.csv", 9994, 21),
        ("superstore/Sample - Superstore.xls", 9994, 21),
        ("wholesale/Wholesale_customers_data.csv", 440, 8),
    ],
)
def test_real_files_have_the_rows_and_columns_they_are_known_to_have(path: str, rows: int, columns: int) -> None:
    source = read(DATA / path)
    assert (count_of(source), len(source.table.columns)) == (rows, columns)


@needs_data
def test_the_real_cp850_file_has_its_letters_and_its_na() -> None:
    table = read(DATA / "sales_data_sample" / "sales_data_sample.csv").table
    cells = table.select("ADDRESSLINE1", "TERRITORY").to_pyarrow().to_pydict()
    assert any("Berguvsvägen" in address for address in cells["ADDRESSLINE1"])
    assert cells["TERRITORY"].count("NA") == 1074


@needs_data
def test_the_real_truncated_workbook_is_told_so() -> None:
    with pytest.raises(InputError, match="damaged or cut off"):
        read(DATA / "online_retail" / "OnlineRetail_TRUNCATED_CORRUPT.xlsx")
