"""Orders with lines, what became of each line, and its shipments. Matrices of orders by lines; quantities in thousandths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

CURRENCIES = ("EUR", "USD", "CNY", "JPY", "KWD")
DIGITS = np.array([2, 2, 2, 0, 3])
RATES = np.array([19, 0, 13, 10, 5])
"""Per cent of tax, by currency."""
LINES = 5
OPEN, PARTIAL, FULL, REST_CANCELLED, CANCELLED = range(5)
_SHARES = (0.14, 0.24, 0.46, 0.11, 0.05)
_PIECE = 1000


@dataclass(frozen=True)
class Orders:
    """One row for each order, five columns for its lines at most; a line that there is not has quantity 0."""

    customer: Whole
    currency: Whole
    """Places in CURRENCIES."""
    day: Whole
    life: Whole
    """OPEN, PARTIAL, FULL, REST_CANCELLED or CANCELLED."""
    quantity: Whole
    price: Whole
    """In minor units; of few lines nothing."""
    first: Whole
    """Quantities of the first shipment."""
    second: Whole
    planned: Whole
    """Quantities of a shipment that has not gone."""
    by_document: NDArray[np.bool_]
    """Whether the customer's invoices round the tax once and not line by line."""
    twin: NDArray[np.bool_]
    """An order that is just like the one before it."""

    @property
    def shipped(self) -> Whole:
        """What has gone."""
        return self.first + self.second

    @property
    def cancelled(self) -> Whole:
        """What will never go."""
        ends = np.isin(self.life, (REST_CANCELLED, CANCELLED))[:, None]
        return np.where(ends, self.quantity - self.shipped, 0)

    @property
    def open(self) -> Whole:
        """What is still to go."""
        return self.quantity - self.shipped - self.cancelled

    @property
    def amount(self) -> Whole:
        """Of each line, without tax, in minor units."""
        return priced(self.quantity, self.price)


def priced(quantity: Whole, price: Whole) -> Whole:
    """Half a unit goes up, in whole numbers."""
    return (quantity * price + _PIECE // 2) // _PIECE


def orders(rng: np.random.Generator, count: int) -> Orders:
    """About eight orders for each customer, most in one currency."""
    customer = np.sort(rng.integers(0, max(count // 8, 3), count))
    usual = rng.choice(len(CURRENCIES), customer.max() + 1, p=[0.4, 0.2, 0.2, 0.1, 0.1])[customer]
    currency = np.where(rng.random(count) < 0.9, usual, rng.integers(0, len(CURRENCIES), count))
    twin = np.zeros(count, dtype=np.bool_)
    twin[1:] = (customer[1:] == customer[:-1]) & (currency[1:] == currency[:-1]) & (rng.random(count - 1) < 0.01)
    twin[1:] &= ~twin[:-1]
    like = np.arange(count) - twin
    life = rng.choice(5, count, p=_SHARES)
    life[twin | np.roll(twin, -1)] = FULL
    lines = rng.integers(1, LINES + 1, count)[like]
    there = np.arange(LINES) < lines[:, None]
    pieces = rng.integers(2, 20, (count, LINES)) * _PIECE
    weighed = (rng.random((count, LINES)) < 0.1) & (np.arange(LINES) > 0)
    quantity = np.where(weighed, pieces + rng.integers(1, 20, (count, LINES)) * 50, pieces)[like] * there
    price = np.exp(rng.normal(8, 1, (count, LINES))).astype(np.int64) + 1
    price[rng.random((count, LINES)) < 0.03] = 0
    price[:, 0] += price[:, 0] == 0
    first, second = _shipments(rng, life, quantity)
    left = np.where(np.isin(life, (OPEN, PARTIAL))[:, None], quantity - first - second, 0)
    planned = left * (rng.random(count) < 0.2)[:, None]
    by_document = (rng.random(customer.max() + 1) < 0.5)[customer]
    day = rng.integers(0, 400, count)
    return Orders(customer, currency, day, life, quantity, price[like], first, second, planned, by_document, twin)


def _shipments(rng: np.random.Generator, life: Whole, quantity: Whole) -> tuple[Whole, Whole]:
    """All, a part that always leaves a piece of the first line, or nothing; in one or two shipments."""
    part = quantity // _PIECE * rng.random(quantity.shape) // 1 * _PIECE
    part[:, 0] = np.clip(part[:, 0], _PIECE, quantity[:, 0] - _PIECE)
    gone = np.where((life == FULL)[:, None], quantity, part.astype(np.int64))
    gone[np.isin(life, (OPEN, CANCELLED))] = 0
    two = (rng.random(len(life)) < 0.35)[:, None]
    first = np.where(two, gone // _PIECE // 2 * _PIECE, gone)
    return first, gone - first
