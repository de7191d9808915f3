"""DynamoDB: moto's server. The address is the endpoint, for which any key and secret do."""

from __future__ import annotations

from ._moto import Moto


class DynamoDB(Moto):
    name = "dynamodb"
    title = "DynamoDB"
    missing = "moto_server not found: python -m integrations.runtime.testing.servers install dynamodb"


SYSTEM = DynamoDB()
