"""Slack: the only room that imports slack_bolt and slack_sdk."""
