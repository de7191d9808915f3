"""The manifest as text: read within bounds, checked, located, formatted. Front: ``generator.manifest``."""
