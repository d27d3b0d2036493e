"""One line of schema history; no migration imports the application's own code."""
