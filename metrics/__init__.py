"""The record: people, events, and every number computed from them."""
