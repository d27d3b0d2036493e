"""The doors: the command line and the chat platforms; builds everything the other rooms need."""

import os

# Before numpy is first imported: on the small matrices there are here, threads of its algebra only spin.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
