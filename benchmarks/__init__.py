"""What Coach costs, measured as CPU time, memory and counts; wall-clock time on a shared machine says nothing."""
