"""One module for each change of the tables, in order; a change that was released is never edited."""
