"""Entries proposed from documents, and documents looked at again: what ``add`` and ``refresh`` do."""
