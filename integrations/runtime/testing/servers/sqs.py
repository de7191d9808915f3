"""SQS: moto's server. The address is the endpoint, for which any key and secret do."""

from __future__ import annotations

from ._moto import Moto


class Sqs(Moto):
    name = "sqs"
    title = "SQS"
    missing = "moto_server not found: python -m integrations.runtime.testing.servers install sqs"


SYSTEM = Sqs()
