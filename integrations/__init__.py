"""Adapters of every outside service, one package an entry of ``integrations.yaml``."""
