"""A whole installation as one file, made while the shop sells, and put back: database, attachments, kept mails."""
