"""The loop and its protocols; nothing here knows a language or an instruction set."""
