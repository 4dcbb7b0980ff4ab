"""The service: translation as jobs over HTTP, with a page to look at.

Nothing here decides what is right: it stores what is asked, has it translated, and shows what came out. Nothing outside
imports this package except the commands that start it.
"""
