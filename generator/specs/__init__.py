"""Readers of documents that describe a service; several patterns may share one. Each gives plain facts."""
