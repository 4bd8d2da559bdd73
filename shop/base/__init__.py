"""The outside world, without a shop word: settings, database, languages, pages, cache, mail, payments."""
