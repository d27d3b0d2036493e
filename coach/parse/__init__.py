"""Readers: bytes of one SOP file -> its text and headings, one file a format."""
