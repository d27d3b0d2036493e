"""The practice: modules and tracks, what somebody practises next, and when it comes."""
