"""What a program of an old language does, said so that it can be written down in a new one: fields, numbers with exact
digits, text, files, and structured functions. Nothing here knows COBOL, Python or Java."""
