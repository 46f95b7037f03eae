"""How somebody is reached: telephone, mail and web addresses."""

from __future__ import annotations

import polars as pl

from reconcile.compare.equality.letters import truncated
from reconcile.compare.equality.verdicts import OpenCells
from reconcile.records import Kind
from reconcile.values import comparable
from reconcile.values.rule import Rule
from reconcile.values.sparing import each_once, where_needed

SHORTEST_LOCAL_NUMBER = 7
EXTENSION = r"(?i)(?:\bext\.?|\bextension|\bx|durchwahl|\bdw\.?|转|分机|;ext=)\s*:?\s*(\d+)\s*$"
"""How an extension is written; the standard form of a telephone number is without it."""


def phone(_: Rule, cells: OpenCells) -> None:
    """Two international numbers must be equal; a local one must be the end of the other; an extension may be left out."""
    cells.keep(le=pl.col("crm_raw").str.extract(EXTENSION), re=pl.col("erp_raw").str.extract(EXTENSION))
    left, right = pl.col("crm"), pl.col("erp")
    cells.different("other_extension", (left == right) & (pl.col("le") != pl.col("re")))
    cells.equal("extension", (left == right) & (pl.col("le").is_null() ^ pl.col("re").is_null()))
    cells.equal("written", left == right)
    other_extension = (pl.col("le") != pl.col("re")).fill_null(value=False)
    abroad = left.str.starts_with("+") & right.str.starts_with("+")
    cells.keep(l=comparable(Kind.PHONE, left), r=comparable(Kind.PHONE, right))
    long_enough = pl.min_horizontal(pl.col("l").str.len_chars(), pl.col("r").str.len_chars()) >= SHORTEST_LOCAL_NUMBER
    ends = pl.col("l").str.ends_with(pl.col("r")) | pl.col("r").str.ends_with(pl.col("l"))
    cells.equal("local_number", ~abroad & long_enough & ends & ~other_extension)
    # a wrong country gives both the wrong calling code, and is a break of its own
    digits = [pl.col(f"{side}_raw").str.replace_all(r"[^0-9]", "") for side in ("crm", "erp")]
    cells.equal("country_code", (digits[0] == digits[1]) & (digits[0] != ""))
    truncated(cells)


def email(_: Rule, cells: OpenCells) -> None:
    """A mail address: the name in front of it and the way its domain is encoded don't count; another mailbox does."""
    for short, side in (("l", "crm"), ("r", "erp")):
        bare = pl.col(side).str.to_lowercase().str.replace(r"^.*<([^<>]+)>$", "$1").str.replace(r"^mailto:\s*", "")
        cells.keep(**{short: bare.str.strip_chars(" .;,")})
    cells.equal("display_name", pl.col("l") == pl.col("r"))
    encoded = pl.col("l").str.contains("xn--", literal=True) | pl.col("r").str.contains("xn--", literal=True)
    cells.equal("encoding", _decoded("l") == _decoded("r"), among=encoded)
    truncated(cells)


def _decoded(side: str) -> pl.Expr:
    """International domain names in their own letters."""
    domain = where_needed(pl.col(side).str.extract("@(.*)$"), "xn--", lambda some: each_once(some, _in_own_letters))
    return pl.col(side).str.extract("^(.*)@") + "@" + domain


def _in_own_letters(domains: pl.Series) -> pl.Series:
    return pl.Series([_domain_in_own_letters(domain) for domain in domains], dtype=pl.String)


def _domain_in_own_letters(domain: str | None) -> str | None:
    try:
        return domain.encode("ascii").decode("idna") if domain else domain
    except UnicodeError:  # of such a kind is whatever is no domain name
        return domain


def url(_: Rule, cells: OpenCells) -> None:
    """A web address: scheme, `www.`, case and a closing slash don't count."""
    cells.keep(l=comparable(Kind.URL, pl.col("crm")), r=comparable(Kind.URL, pl.col("erp")))
    cells.equal("web_address", pl.col("l") == pl.col("r"))
    truncated(cells)
