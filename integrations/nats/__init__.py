# Generated from integrations.yaml, entry "nats"; see nats_adapter.py for how to change it.
"""NATS, as a typed adapter.

    from integrations.nats import NATSAdapter

    with NATSAdapter.from_config() as nats:
        nats.publish_send_mail(message)
        nats.consume_send_mail(handle)

Set-up, channels and errors are in NATS_INTEGRATION.md.
"""

from __future__ import annotations

from .nats_custom import AsyncNATSAdapter, NATSAdapter
from .nats_models import SendMail, UserRegistered, UserRegisteredPlan

__all__ = ["AsyncNATSAdapter", "NATSAdapter", "SendMail", "UserRegistered", "UserRegisteredPlan"]
