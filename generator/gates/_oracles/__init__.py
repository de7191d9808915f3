"""Oracles: each reads one kind of raw document and judges requests by it. See ``conformance``."""
