"""What the Python methods of a translated program mean, as Z3 terms: a machine that a proof walks."""
