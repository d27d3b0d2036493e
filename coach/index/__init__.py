"""The Index port and its implementations: exact NumPy, Chroma embedded, Chroma server."""
