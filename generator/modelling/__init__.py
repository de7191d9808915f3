"""JSON Schema to typed values, names and examples, as plain facts that patterns share."""
