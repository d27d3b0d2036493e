"""Microsoft Teams: the only room that knows its protocol and its SDK."""
