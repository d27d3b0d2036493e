"""What happened: one dataclass a kind of event, one table, one way to record."""
