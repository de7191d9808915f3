"""What `integrations.runtime.sql` is made of; import that."""
