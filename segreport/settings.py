"""Every choice a user can make, with its default: the same keys in segreport.toml, Python and the command line."""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from segreport.errors import FlagError, SettingsError

Role = Literal["id", "date", "amount", "number", "category", "flag", "text", "personal"]
"""The roles a user may give a column; see columns.py for those it may also be found to have."""


def _as_range(value: Any) -> Any:
    """Read "2-10" as (2, 10)."""
    if isinstance(value, str):
        low, _, high = (part.strip() for part in value.partition("-"))
        if not (low.isdigit() and (high or low).isdigit()):
            raise ValueError("write two whole numbers, such as 2-10")
        return (int(low), int(high or low))
    return value


def _usable_range(ends: tuple[int, int]) -> tuple[int, int]:
    if not 2 <= ends[0] <= ends[1] <= 24:
        raise ValueError("both ends must lie between 2 and 24, the lower one first")
    return ends


def _sane_day(moment: dt.datetime | dt.date | None) -> dt.datetime | dt.date | None:
    """Return the moment, a day where it is a midnight."""
    if moment is not None and moment.year < 1000:
        raise ValueError("must be a day such as 2026-11-01")
    is_day = isinstance(moment, dt.datetime) and moment.time() == dt.time()
    return moment.date() if isinstance(moment, dt.datetime) and is_day else moment


def _readable(name: str) -> str:
    if not any(letter.isalnum() or unicodedata.category(letter) == "So" for letter in name):
        raise ValueError("must be a name that can be read")
    if any(unicodedata.category(letter) in ("Cc", "Cf") and letter != "\u200d" for letter in name):
        raise ValueError("must be one line without control characters")
    return " ".join(name.split())


SegmentId = Annotated[str, Field(pattern=r"^s[1-9]\d*$")]
SegmentName = Annotated[str, Field(max_length=80), AfterValidator(_readable)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class ReadSettings(_Section):
    """How the file is read; None means: find out, and say what was found."""

    names: tuple[str, ...] | None = None
    sheet: str | None = None
    query: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None


class ColumnSettings(_Section):
    """Which columns do what; unknown names fail with the nearest matches."""

    id: str | None = None
    value: tuple[str, ...] = ()
    feature: tuple[str, ...] = ()
    describe: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    role: dict[str, Role] = Field(default_factory=dict)
    rows: Literal["customers", "orders"] | None = None


class OrderSettings(_Section):
    """Which columns of a table of orders do what (None: find out), and what is done with returns and repeats."""

    customer: str | None = None
    date: str | None = None
    amount: str | None = None
    quantity: str | None = None
    price: str | None = None
    order: str | None = None
    product: str | None = None
    category: str | None = None
    returns: Literal["net", "drop", "keep"] = "net"
    repeats: Literal["keep", "drop"] = "keep"

    @property
    def columns(self) -> dict[str, str]:
        """The columns that were named, by what they are: customer, date and so on."""
        named = self.model_dump(exclude={"returns", "repeats"})
        return {part: name for part, name in named.items() if name is not None}


class SegmentSettings(_Section):
    """How customers are prepared, how many segments are made of them, and by what method."""

    prepare: Literal["auto", "plain"] = "auto"
    method: Literal["kmeans", "ward", "bisecting"] = "kmeans"
    model: Literal["auto", "keep", "refit"] = "auto"
    names: dict[SegmentId, SegmentName] = Field(default_factory=dict)
    choose_by: Literal["consensus", "silhouette", "elbow"] = "consensus"
    k: Annotated[int, Field(ge=2, le=24)] | None = None
    k_range: Annotated[tuple[int, int], BeforeValidator(_as_range), AfterValidator(_usable_range)] = (2, 10)
    min_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.02
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0


class ReportSettings(_Section):
    """What the reader sees."""

    title: str | None = None
    brand: str | None = None
    logo: Path | None = None
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", description="a colour such as #0f5c73")] = "#0f5c73"
    language: str = "en"
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$", description="a currency's code such as EUR")] = None
    paper: Literal["A4", "Letter"] = "A4"
    template: Path | None = None
    formats: tuple[Literal["html", "pdf", "json"], ...] = ("html", "pdf")
    sql_dialect: str = "duckdb"
    as_of: Annotated[dt.datetime | dt.date | None, AfterValidator(_sane_day)] = None
    period: Annotated[
        str | None, Field(pattern=r"^[1-9]\d{3}-(0[1-9]|1[0-2])$", description="a month such as 2026-10")
    ] = None

    @property
    def pages(self) -> tuple[Literal["html", "pdf"], ...]:
        """The formats that are drawn."""
        return tuple(form for form in ("html", "pdf") if form in self.formats)


def _one_address(text: str) -> str:
    """Return an address, if every mail program reads one and the same in it, and its domain has one form in ASCII."""
    local, _, domain = text.rpartition("@")
    odd = any(not letter.isprintable() or letter in ' <>,;"():[]\\@' for letter in local + domain)
    if not local or odd or not all(domain.split(".")):
        raise ValueError("must be one address such as ana@example.com; a name goes into name = …")
    try:
        plain = domain.encode("idna")
    except UnicodeError:
        plain = b""
    # nameprep reads ß as ss, which is another domain today
    if not plain or (not domain.isascii() and plain.decode("idna").lower() != domain.lower()):
        raise ValueError(f"has a domain, {domain}, that we cannot write in ASCII; write it as xn--… yourself")
    return text


Address = Annotated[str, AfterValidator(_one_address)]


class RecipientSettings(_Section):
    """Who gets the report, in which language numbers are written, and which segments only (ids or names; none: all)."""

    address: Address
    name: str | None = None
    language: str | None = None
    segments: tuple[str, ...] = ()


class EmailSettings(_Section):
    """How the report is mailed, from whom, and to whom; `owner` hears of a report that is held back.

    The password comes from the environment variable `password_env`, from the file `password_file` (its first line), or
    from the system's keyring (service `host`, user `username`); it never stands in a settings file.
    """

    sender: Address | None = None
    sender_name: str | None = None
    owner: Address | None = None
    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["starttls", "tls", "plain"] = "starttls"
    username: str | None = None
    password_env: str = "SEGREPORT_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
    password_file: Path | None = None
    keyring: bool = False
    link: Annotated[str | None, Field(pattern=r"^https://\S+$", description="an address such as https://…")] = None
    attach: tuple[Literal["pdf", "html"], ...] = ("pdf",)
    max_age: Annotated[int, Field(ge=1)] = 45
    to: tuple[RecipientSettings, ...] = ()

    def link_to(self, period: str) -> str | None:
        """Return where the report of a period is read: `link` with the period in the place of {period}."""
        return self.link and self.link.replace("{period}", period)


class Settings(_Section):
    """All of it, frozen. Precedence, settled by `merge`: flag, file, default."""

    read: ReadSettings = ReadSettings()
    columns: ColumnSettings = ColumnSettings()
    orders: OrderSettings = OrderSettings()
    segments: SegmentSettings = SegmentSettings()
    report: ReportSettings = ReportSettings()
    email: EmailSettings = EmailSettings()


def settings_of(**choices: Any) -> Settings:
    """Return settings from flat names, as on the command line: `k=5, feature=["age", "income"]`.

    Raises SettingsError for a name that no section has, and for a value that cannot be used.
    """
    return merge({}, {name: _plain(name, value) for name, value in choices.items()})


def load_settings(path: Path) -> dict[str, Any]:
    """Return the tables of a segreport.toml as plain dictionaries; paths in it are relative to its own folder.

    Raises SettingsError where it is missing or not TOML.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML ({error}). `segreport init DATA` writes a fresh file.") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from error
    for section, key in (("report", "logo"), ("report", "template"), ("email", "password_file")):
        table = tables.get(section)
        if isinstance(table, dict) and isinstance(table.get(key), str):
            table[key] = str(path.parent / table[key])
    return tables


_SECTIONS: dict[str, type[_Section]] = {
    "read": ReadSettings,
    "columns": ColumnSettings,
    "orders": OrderSettings,
    "segments": SegmentSettings,
    "report": ReportSettings,
    "email": EmailSettings,
}
_LISTS = ("names", "value", "feature", "describe", "exclude", "formats")


def merge(file: dict[str, Any], flags: dict[str, Any], *, where: str = "settings") -> Settings:
    """Return the settings of `file` overridden by those `flags`, by name, that are given (not None, not empty).

    Raises FlagError where a flag cannot be used, and SettingsError, which says `where`, for the first key of
    the file that cannot.
    """
    merged: dict[str, Any] = {name: dict(table) if isinstance(table, dict) else table for name, table in file.items()}
    given = {name: value for name, value in flags.items() if value is not None and not _is_empty(value)}
    for name, value in given.items():
        table = merged.setdefault(_section_of(name), {})
        if not isinstance(table, dict):
            raise SettingsError(f"{where}: {_section_of(name)}: must be a table, [{_section_of(name)}].")
        table[name] = value
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")  # a key misspelt: that first
        names = [part for part in first["loc"] if isinstance(part, str)]
        problem = _problem(first["type"], first["msg"], names[-1])
        if names[1:2] and names[1] in given:
            raise FlagError(f"--{names[1].replace('_', '-')}: {problem}.") from error
        raise SettingsError(f"{where}: {_place(first['loc'])}: {problem}.") from error


def _place(loc: tuple[int | str, ...]) -> str:
    """Return where in the file a key stands, places in lists counted from 1: email.to[2].address."""
    found = ""
    for part in loc:
        found += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if found else ''}{part}"
    return found


def _section_of(name: str) -> str:
    for section, kind in _SECTIONS.items():
        if name in kind.model_fields:
            return section
    known = sorted(field for kind in _SECTIONS.values() for field in kind.model_fields)
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}."
    raise SettingsError(f"{name}: no such setting; {hint}")


def _problem(kind: str, message: str, name: str) -> str:
    """Return what is wrong with a value in words; a field's description says what it must be."""
    if kind == "extra_forbidden":
        return "no such setting"
    if kind == "tuple_type":
        return 'must be a list, such as ["…"]'
    if name == "[key]":
        return "must be the id of a segment, such as s3"
    tables: tuple[type[_Section], ...] = (*_SECTIONS.values(), RecipientSettings)
    field = next((table.model_fields[name] for table in tables if name in table.model_fields), None)
    if kind == "string_pattern_mismatch" and field and field.description:
        return f"must be {field.description}"
    text = message.removeprefix("Value error, ")
    return f"{text[0].lower()}{text[1:]}"


def _is_empty(value: Any) -> bool:
    return isinstance(value, tuple | list | dict) and not value


def _plain(name: str, value: Any) -> Any:
    """Return what Python users hand over (one name for a list, a pandas Index, a NumPy number) as plain values."""
    if name in _LISTS and value is not None:
        return (value,) if isinstance(value, str) else tuple(map(str, value))
    return value.item() if hasattr(value, "item") else value
