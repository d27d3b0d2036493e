"""Handlers: one thing that came in -> what comes of it; ten lines a command, no wording."""
