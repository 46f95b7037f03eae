"""Customers and contacts as one truth, before it is written into two systems."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from reconcile.sandbox import identifiers, names, places
from reconcile.sandbox.identifiers import salesforce_ids
from reconcile.sandbox.objects import CUSTOMER_STATUS, PAYMENT_TERMS

DAY = 86_400
COUNTRY_SHARES = {"GB": 0.22, "US": 0.18, "DE": 0.32, "CN": 0.28}
LINK_SHARES = {"both": 0.47, "number": 0.28, "reference": 0.13, "tax": 0.05, "email": 0.03, "similarity": 0.04}
"""How a customer's two records can be told to be one: both systems hold the other's key, one does, none does."""
_MAILBOXES = ["info", "office", "sales", "purchasing"]
_GERMAN_MAILBOXES = ["info", "kontakt", "vertrieb", "einkauf"]
_DOMAINS = {"GB": "co.uk", "US": "com", "DE": "de", "CN": "com.cn"}


def seconds(day: dt.date) -> int:
    """Midnight UTC of a day, in seconds since 1970."""
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())


def _chosen(rng: np.random.Generator, shares: dict[str, float], count: int) -> pl.Series:
    return pl.Series(list(shares), dtype=pl.String).gather(rng.choice(len(shares), count, p=list(shares.values())))


def audit(rng: np.random.Generator, created: pl.Series, until: dt.date) -> pl.DataFrame:
    """Columns created, crm_modified and erp_modified in seconds: after `created`, at most eight days after `until`."""
    count, last = len(created), seconds(until)
    room = np.maximum(last - created.to_numpy(), 0)
    crm = created.to_numpy() + (room * rng.random(count)).astype(np.int64) + rng.integers(60, 6 * DAY, count)
    erp = crm + rng.integers(60, 2 * DAY, count)
    return pl.DataFrame({"created": created, "crm_modified": crm, "erp_modified": erp})


def _tax_ids(rng: np.random.Generator, where: pl.DataFrame) -> pl.Series:
    parts = []
    for country in COUNTRY_SHARES:
        there = where.filter(country=country)
        made = {
            "GB": lambda there=there: identifiers.uk_vat(rng, there.height),
            "DE": lambda there=there: identifiers.german_vat(rng, there.height),
            "US": lambda there=there: identifiers.us_employer(rng, there.height),
            "CN": lambda there=there: identifiers.chinese_credit_code(rng, there["region"]),
        }[country]()
        parts.append(there.select("row").with_columns(made.alias("tax_id")))
    return pl.concat(parts).sort("row")["tax_id"]


def customers(rng: np.random.Generator, count: int, until: dt.date) -> pl.DataFrame:
    """One row for each customer, with everything that both systems say of it.

    `life` is regular, new (first orders, nobody known yet) or quiet (neither orders nor contacts); `link` is one of LINK_SHARES.
    """
    countries = _chosen(rng, COUNTRY_SHARES, count).alias("country")
    where = places.addresses(rng, places.choose(rng, countries)).with_row_index("row")
    frame = pl.concat([where, names.company_names(rng, countries, where["city"]).drop("country")], how="horizontal")
    frame = _together(frame)
    phones, tax = places.landlines(rng, frame), _tax_ids(rng, frame)
    grouped = frame["group"].is_not_null()
    created = pl.Series(seconds(until) - (rng.beta(1.2, 1.0, count) * 2900 * DAY).astype(np.int64) - 560 * DAY)
    frame = frame.with_columns(
        phone=phones,
        tax_id=tax,
        link=pl.when(grouped).then(pl.lit("both")).otherwise(_chosen(rng, LINK_SHARES, count)),
        life=pl.when(grouped)
        .then(pl.lit("regular"))
        .otherwise(_chosen(rng, {"regular": 0.8, "new": 0.02, "quiet": 0.18}, count)),
        terms=_chosen(rng, dict(zip(PAYMENT_TERMS, (0.06, 0.2, 0.56, 0.18), strict=True)), count),
        status=_chosen(rng, dict(zip(CUSTOMER_STATUS, (0.93, 0.05, 0.02), strict=True)), count),
        credit=pl.Series(rng.choice([5, 10, 15, 20, 25, 30, 50, 75, 100, 150, 250, 500], count) * 1000),
        currency=countries.replace_strict(places.CURRENCY),
        number=(1_000_001 + pl.Series(rng.permutation(count))).cast(pl.String),
        id=salesforce_ids("Account", np.arange(1, count + 1)),
    )
    first = pl.int_range(pl.len()) == 0  # even the smallest company has somebody to sell to
    frame = frame.with_columns(
        life=pl.when(first).then(pl.lit("regular")).otherwise("life"),
        status=pl.when(first | (pl.col("life") == "new")).then(pl.lit("Active")).otherwise("status"),
    )
    return pl.concat([_reachable(rng, frame), audit(rng, created, until)], how="horizontal")


def _together(frame: pl.DataFrame) -> pl.DataFrame:
    """Legal entities of one group sit at one address: that of the first of them in the same country."""
    place = ("city", "street", "postal_code", "region", "area", "lead")
    alone = pl.col("group").is_null()
    return frame.with_columns(
        pl.when(alone).then(name).otherwise(pl.col(name).first().over("group", "country")).alias(name) for name in place
    )


def _reachable(rng: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """E-mail and website of one domain each; none where the link must not be found by them."""
    count = frame.height
    site = pl.col("latin").str.head(40).str.strip_chars("-")
    frame = frame.with_columns(site=site, again=pl.int_range(pl.len()).over(site))
    ending = pl.col("country").replace_strict(_DOMAINS)
    domain = (
        pl.when(pl.col("again") == 0)
        .then(pl.format("{}.{}", "site", ending))
        .otherwise(pl.format("{}-{}.{}", "site", pl.col("again") + 1, ending))
    )
    chosen = rng.integers(0, len(_MAILBOXES), count)
    german = pl.lit(pl.Series(_GERMAN_MAILBOXES).gather(chosen))
    mailbox = pl.when(pl.col("country") == "DE").then(german).otherwise(pl.lit(pl.Series(_MAILBOXES).gather(chosen)))
    blank = pl.Series("blank", rng.random((count, 3)) > np.array([0.96, 0.95, 0.8])).arr
    no_mail, no_tax, no_site = (blank.get(place) for place in range(3))
    link = pl.col("link")
    strong = link.is_in(["both", "number", "reference"])
    frame = frame.with_columns(domain=domain, mailbox=mailbox)
    return frame.with_columns(
        email=pl.when(link.is_in(["tax", "similarity"]) | (strong & no_mail))
        .then(None)
        .otherwise(pl.format("{}@{}", "mailbox", "domain")),
        tax_id=pl.when(link.is_in(["email", "similarity"]) | (strong & no_tax)).then(None).otherwise("tax_id"),
        website=pl.when(no_site).then(None).otherwise(pl.format("https://www.{}", "domain")),
    ).drop("site", "again", "mailbox", "latin")


def contacts(rng: np.random.Generator, customers_: pl.DataFrame, count: int, until: dt.date) -> pl.DataFrame:
    """People at regular customers; `link` is both, number, reference, email or similarity."""
    regular = customers_.filter(pl.col("life") == "regular")
    at = regular[rng.integers(0, regular.height, count)].select(
        "country", "area", "lead", "domain", "link", account="id", partner="number", since="created"
    )
    who = names.people(rng, at["country"])
    mobile, land = places.mobiles(rng, at), places.landlines(rng, at)
    frame = pl.concat([at.rename({"link": "customer_link"}), who], how="horizontal")
    link = _chosen(rng, {"both": 0.5, "number": 0.35, "reference": 0.1, "email": 0.04, "similarity": 0.01}, count)
    frame = frame.with_columns(
        number=(2_000_001 + pl.Series(rng.permutation(count))).cast(pl.String),
        id=salesforce_ids("Contact", np.arange(1, count + 1)),
        link=link,
        phone=pl.when(pl.Series(rng.random(count) < 0.55)).then(mobile).otherwise(land),
        title=pl.when(pl.Series(rng.random(count) < 0.1)).then(None).otherwise("title"),
        again=pl.int_range(pl.len()).over("mailbox", "domain"),
    )
    local = pl.when(pl.col("again") == 0).then("mailbox").otherwise(pl.format("{}{}", "mailbox", pl.col("again") + 1))
    # who is known by name alone must have no namesake there, and a customer that is known for sure
    sure = (pl.len().over("mailbox", "domain") == 1) & pl.col("customer_link").is_in(["both", "number", "reference"])
    frame = frame.with_columns(link=pl.when((pl.col("link") == "similarity") & ~sure).then(pl.lit("email")).otherwise("link"))
    frame = frame.with_columns(
        email=pl.when(pl.col("link") == "similarity").then(None).otherwise(pl.format("{}@{}", local, "domain"))
    )
    age = pl.Series(rng.random(count))
    created = (at["since"] + (seconds(until) - at["since"]) * age).cast(pl.Int64)
    return pl.concat([frame.drop("since"), audit(rng, created, until)], how="horizontal")
