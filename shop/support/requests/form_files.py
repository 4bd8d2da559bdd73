"""The files of a form: those that came with it before and are kept, and those that come now; none is chosen twice."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from shop.base.uploads import Upload
from shop.base.web import Form
from shop.support.requests.asking import read_files
from shop.support.requests.attachments import Shelved, drafts, forget_drafts, keep_drafts
from shop.support.requests.counter import Counter
from shop.support.requests.files import MOST_FILES, MOST_TOGETHER, File

LEAVE_OUT = "without"


@dataclass(frozen=True, slots=True)
class FormFiles:
    """What came with the form `key`: `before` lies on the shelf, `now` does not yet."""

    key: str
    before: tuple[Shelved, ...]
    now: tuple[File, ...]
    left_out: bool = False

    def shelved(self, counter: Counter) -> tuple[Shelved, ...]:
        """All of them, written down."""
        return (*self.before, *counter.shelf.shelve(self.now))

    def held(self, counter: Counter) -> tuple[str, ...]:
        """Keep all of them for the same form sent again; gives their names."""
        files = self.shelved(counter)
        if not self.now and not self.left_out:
            return tuple(each.name for each in files)
        with counter.database.writing() as db:
            kept = keep_drafts(db, self.key, files, now=counter.now)
        if not kept:
            counter.shelf.remove(each.key for each in files)
        return tuple(each.name for each in files) if kept else ()

    def forget(self, db: Session) -> None:
        """The form was taken: nothing is kept for it any more."""
        if self.before or self.left_out:
            forget_drafts(db, self.key)


def received(counter: Counter, form: Form, uploads: Iterable[Upload]) -> FormFiles:
    """The files of the form; whatever cannot be kept is noted on it. The word to leave out what was kept is taken off it."""
    key, left_out = form.text("key")[:100], bool(form.values.pop(LEAVE_OUT, ""))
    with counter.database.reading() as db:
        before = drafts(db, key, now=counter.now)
    kept = () if left_out else tuple(before)
    room, weight = MOST_FILES - len(kept), MOST_TOGETHER - sum(each.size for each in kept)
    now = read_files(form, uploads, counter.visit.tongue, room=room, weight=weight)
    return FormFiles(key, kept, tuple(now), left_out and bool(before))
