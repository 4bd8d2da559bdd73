"""What customers ask: the form, mails that come in, files, the request's own page, what is answered, and how it was."""
