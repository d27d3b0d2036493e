"""The knowledge: SOPs, search with permissions, cited answers."""
