"""The parts of ``integrations.runtime.mongodb``; importing one never imports the driver."""
