"""The process that calls every operation of a package, for an oracle that reads a document. See ``program``.

Standard library, msgspec and the HTTP client only: adapters run here, and no document is read here.
"""
