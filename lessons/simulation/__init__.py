"""The scoreboard: simulated learners taken through our sequence and through well-known ones, at equal minutes."""
