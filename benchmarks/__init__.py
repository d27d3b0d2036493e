"""What Coach costs, measured as CPU time, memory and counts; wall-clock time on a shared machine says nothing."""

# Before anything here imports numpy: it sets numpy's algebra to one thread, as for the `coach` command.
import bot  # noqa: F401
