"""How HTTP adapters work inside; the public names are in `integrations.runtime.http`."""
