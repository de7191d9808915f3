"""Jackfield: typed, tested adapters from one YAML file."""
