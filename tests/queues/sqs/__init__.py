"""SQS' driver: what is decided without a server, and how it behaves with one."""
