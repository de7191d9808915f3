# Generated from integrations.yaml, entry "postgresql"; see postgresql_adapter.py for how to change it.
"""How PostgreSQL is used. `python -m integrations.postgresql.examples` runs those that only read."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from integrations.postgresql import (
    AddLinesValues,
    PostgreSQLAdapter,
)


def add_customer(postgresql: PostgreSQLAdapter) -> None:
    """Add a customer, or give the one with that address another name."""
    print(postgresql.add_customer("grace@example.com", "Grace Hopper"))


def orders_in(postgresql: PostgreSQLAdapter) -> None:
    """Orders that are in one of some states."""
    for row in postgresql.orders_in(["open"]):
        print(row)


def export_lines(postgresql: PostgreSQLAdapter) -> None:
    """Every line of every order, for a report."""
    with postgresql.export_lines() as rows:
        for row in rows:
            print(row)


def forget_order(postgresql: PostgreSQLAdapter) -> None:
    """Delete an order and its lines."""
    print(postgresql.forget_order(UUID("00000001-0000-4000-8000-000000000001")))


def add_lines(postgresql: PostgreSQLAdapter) -> None:
    """Add the lines of orders."""
    print(
        postgresql.add_lines(
            [
                AddLinesValues(
                    order_id=UUID("00000001-0000-4000-8000-000000000001"),
                    sku="SKU-2",
                    quantity=4,
                    price=Decimal("10.50"),
                )
            ]
        )
    )


READING = (
    orders_in,
    export_lines,
)


def main() -> None:
    """Run the examples that only read."""
    with PostgreSQLAdapter.from_config() as postgresql:
        for example in READING:
            example(postgresql)


if __name__ == "__main__":
    main()
