"""The `coach` command, one file a command."""
