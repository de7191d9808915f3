"""JSON Schema to typed values: real documents, hostile ones, random ones."""
