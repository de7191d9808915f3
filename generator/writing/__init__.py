"""The checked-in tree on disk: journal, stage, stamps. Front: ``generator.tree``."""
