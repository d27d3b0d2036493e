"""The practice: lessons before a shift. Empty until the first lesson file lands."""
