"""The dry run of the rules: cases as JSON, read strictly and answered by the very rules that the desk runs on."""
