"""The doors: the command line and, later, the chat platforms; builds everything the other rooms need."""
