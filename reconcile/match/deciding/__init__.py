"""What becomes of scored pairs: links, reviews and duplicates, one to one, the same for every order of the rows."""
