"""The web application: everything that is answered over HTTP."""
