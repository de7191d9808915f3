"""How messages travel: the core that no broker shows in, and one driver a broker."""
