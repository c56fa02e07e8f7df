"""Event files for measuring and testing: scenes, writers of every format, and what other readers make of them."""
