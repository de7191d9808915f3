# Generated from integrations.yaml, entry "nats"; see nats_adapter.py for how to change it.
"""How NATS is used. `python -m integrations.nats.examples` asks whether the broker is there."""

from __future__ import annotations

import datetime as dt

from integrations.nats import NATSAdapter, SendMail, UserRegistered


def ask_the_broker(nats: NATSAdapter) -> None:
    """See whether the broker answers."""
    nats.healthcheck()
    print("the broker answers")


def publish_send_mail(nats: NATSAdapter) -> None:
    """A mail is to be sent."""
    print(nats.publish_send_mail(SendMail(template="template-1", to="to-1", values={"key": "value-1"})))


def consume_send_mail(nats: NATSAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(nats.consume_send_mail(print, idle=5))


def publish_user_registered(nats: NATSAdapter) -> None:
    """A user has registered."""
    print(
        nats.publish_user_registered(
            UserRegistered(
                email="ada@example.com",
                plan="free",
                user_id="user-1",
                registered_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
            )
        )
    )


def consume_user_registered(nats: NATSAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(nats.consume_user_registered(print, idle=5))


def main() -> None:
    """Run the example that only asks."""
    with NATSAdapter.from_config() as nats:
        ask_the_broker(nats)


if __name__ == "__main__":
    main()
