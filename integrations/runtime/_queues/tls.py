"""The TLS context that a driver's connection gets."""

from __future__ import annotations

import ssl

from .._errors import ConfigurationError
from .settings import TlsConfig


def context(tls: TlsConfig | None, scheme_encrypts: bool) -> ssl.SSLContext | None:
    """Return how to encrypt; None: not at all.

    Args:
        tls: what config.yaml says; None: what the scheme of the connection string says.
        scheme_encrypts: whether that scheme asks for encryption (amqps, mqtts).

    Raises:
        ConfigurationError: the two contradict each other, or a file cannot be used.
    """
    if tls is None:
        return ssl.create_default_context() if scheme_encrypts else None
    if tls.mode == "off":
        if scheme_encrypts:
            raise ConfigurationError("tls.mode is off, and the connection string's scheme asks for TLS")
        return None
    try:
        made = ssl.create_default_context(cafile=tls.ca)
        if tls.cert:
            made.load_cert_chain(tls.cert, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"tls: a certificate's file cannot be used: {error}") from None
    if tls.mode == "require":
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made
