"""Room values -> words; all wording lives here."""
