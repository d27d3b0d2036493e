"""Coach on your own machine with a sample company, without an account or a key."""
