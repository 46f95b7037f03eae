"""The whole run, report included, on N customers a side from Parquet files: seconds, peak memory and what was found.

    python benchmarks/run.py [--customers 100000] [--seed 1]

The last line is one JSON object. `seconds` is wall time of `reconcile run` as its own process; `peak_mb` is
the most that it and its child processes held together (proportional set size, sampled every 50 ms; Linux).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

CONFIG = """
project: Benchmark
systems:
  crm: {role: crm, connector: files, path: .}
  erp: {role: erp, connector: files, path: .}
entities:
  customers:
    crm: {object: crm.parquet, key: id, external_id: number}
    erp: {object: erp.parquet, key: id, external_id: crm_id}
    create_in: [erp]
    match:
      keys: [number, tax_id, email]
      fields: [name, street, city, phone]
      block: [phone, street, [name, city]]
    fields:
      number: {crm: number, erp: id, compare: false}
      name: {crm: name, erp: name, owner: crm}
      tax_id: {crm: tax_id, erp: tax_id, owner: erp}
      street: {crm: street, erp: street, owner: crm}
      city: {crm: city, erp: city, owner: crm}
      country: {crm: country, erp: country, owner: crm}
      phone: {crm: phone, erp: phone, owner: crm}
      email: {crm: email, erp: email, owner: crm}
      credit_limit: {crm: credit_limit, erp: credit_limit, owner: erp, tolerance: 0.01}
      currency: {crm: currency, erp: currency, owner: erp}
      payment_terms: {crm: terms, erp: terms, owner: erp, values: {Net 14: "0014", Net 30: "0030", Net 60: "0060"}}
"""
SYLLABLES = ["nor", "vel", "tec", "ham", "lin", "mar", "sol", "dra", "kor", "wes", "ost", "ber", "fin", "gal", "pol", "ter"]
FORMS = ["GmbH", "Ltd", "AG", "Inc", "KG", "LLC"]
STREETS = ["Main Street", "Park Road", "Lindenstraße", "Hafenweg", "Mill Lane", "Bahnhofstraße", "Station Road", "High Street"]
CITIES = ["Berlin", "Hamburg", "London", "Leeds", "Chicago", "Boston", "Wien", "Zürich"]


def customers(count: int, rng: np.random.Generator) -> pl.DataFrame:
    """The truth: `count` customers with distinct ids, tax ids and e-mails."""
    word = np.array(SYLLABLES)
    parts = [word[rng.integers(0, len(word), count)] for _ in range(4)]
    number = np.arange(count)
    return pl.DataFrame({
        "id": pl.Series(number + 1_000_000).cast(pl.String),
        "p0": parts[0], "p1": parts[1], "p2": parts[2], "p3": parts[3],
        "form": np.array(FORMS)[rng.integers(0, len(FORMS), count)],
        "house": rng.integers(1, 200, count),
        "road": np.array(STREETS)[rng.integers(0, len(STREETS), count)],
        "city": np.array(CITIES)[rng.integers(0, len(CITIES), count)],
        "line": rng.permutation(count) + 20_000_000,
        "credit_limit": (rng.integers(1, 500, count) * 1000).astype(float),
        "terms": np.array(["Net 14", "Net 30", "Net 60"])[rng.integers(0, 3, count)],
    }).select(
        "id",
        name=pl.concat_str(
            pl.concat_str("p0", "p1").str.to_titlecase(), pl.concat_str("p2", "p3").str.to_titlecase(), "form", separator=" "
        ),
        tax_id="DE" + (pl.col("id").cast(pl.Int64) + 100_000_000).cast(pl.String),
        street=pl.concat_str("road", "house", separator=" "),
        city="city",
        country=pl.lit("DE"),
        phone="+4930" + pl.col("line").cast(pl.String),
        email=pl.concat_str(pl.lit("office"), "id", pl.lit("@"), "p0", pl.lit("."), "p2", pl.lit(".example")),
        credit_limit="credit_limit",
        currency=pl.lit("EUR"),
        terms="terms",
    )  # fmt: skip


def sides(count: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """CRM and ERP: 3 % only on one side, 70 % share a number, the rest share less; 1 % of the values differ."""
    rng = np.random.default_rng(seed)
    truth = customers(count, rng)

    def share(part: float) -> pl.Series:
        return pl.Series(rng.random(count) < part)

    numbered, anonymous = share(0.7), share(0.1)
    crm = truth.with_columns(
        number=pl.when(numbered).then("id"),
        tax_id=pl.when(~anonymous).then("tax_id"),
        email=pl.when(~anonymous).then("email"),
        credit_limit=pl.when(share(0.01)).then(pl.col("credit_limit") + 5000).otherwise("credit_limit"),
        city=pl.when(share(0.01)).then(pl.lit("Bremen")).otherwise("city"),
        name=pl.when(share(0.05)).then(pl.col("name").str.to_uppercase()).otherwise("name"),
        id="C" + pl.col("id"),
    ).filter(~share(0.03))
    erp = truth.with_columns(
        crm_id=pl.lit(None, pl.String),
        terms=pl.col("terms").replace_strict({"Net 14": "0014", "Net 30": "0030", "Net 60": "0060"}),
        phone=pl.when(share(0.05)).then(pl.col("phone").str.replace("+4930", "030 ", literal=True)).otherwise("phone"),
    ).filter(~share(0.03))
    return crm.sample(fraction=1, shuffle=True, seed=seed), erp


def main() -> None:
    """Make the files, run, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        crm, erp = sides(chosen.customers, chosen.seed)
        crm.write_parquet(place / "crm.parquet")
        erp.write_parquet(place / "erp.parquet")
        (place / "reconcile.yaml").write_text(CONFIG, encoding="utf-8")
        program = [sys.executable, "-c", "from reconcile.cli import main; main()"]
        begun = time.monotonic()
        with subprocess.Popen([*program, "run", "--json"], cwd=place, stdout=subprocess.PIPE, text=True) as child:
            peak = 0.0
            while child.poll() is None:
                peak = max(peak, held_mb(child.pid))
                time.sleep(0.05)
            printed = child.stdout.read() if child.stdout else ""
        seconds = time.monotonic() - begun
    if child.returncode not in (0, 1):
        raise SystemExit(child.returncode)
    found = json.loads(printed.splitlines()[-1])
    figures = {"customers": chosen.customers, "seconds": round(seconds, 1), "peak_mb": round(peak), "breaks": found["breaks"]}
    print(json.dumps(figures))


def held_mb(pid: int) -> float:
    """Memory of a process and its children, in MB; shared pages count once."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:  # it has just ended
        return 0.0
    own = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return own / 1024 + sum(held_mb(int(child)) for child in children)


if __name__ == "__main__":
    main()
