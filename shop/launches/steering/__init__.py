"""Markets from the command line: what a program may read of them, and what a named person does to them."""
