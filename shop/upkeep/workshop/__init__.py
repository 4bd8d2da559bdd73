"""The workshop at the console: everything that is set up, as forms, tables and files."""
