"""Writing the set-up as the database has it: the files of an import folder, and the command that leaves them on disk."""
