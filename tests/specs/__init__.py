"""Readers of documents that describe a service."""
