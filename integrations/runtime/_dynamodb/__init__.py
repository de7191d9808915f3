"""The parts of ``integrations.runtime.dynamodb``; importing one never imports the driver."""
