"""Jobs that survive: batches of files to translate, kept in a database until they are done.

A job is taken in whole or not at all. Each of its files is one unit of work that is done by whoever holds its lease, is
done again when that one dies, and is never done twice once it is finished.
"""
