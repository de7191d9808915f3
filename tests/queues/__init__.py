"""Message queues: the core, and one driver a broker."""
