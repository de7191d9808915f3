"""What Redis adapters are made of; ``integrations.runtime.redis`` gives the names that packages use."""
