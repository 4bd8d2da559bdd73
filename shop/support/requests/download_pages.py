"""Handing out attachments: always as a file to save, never to be shown, run or guessed at by a browser."""

from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.settings import Settings
from shop.base.web import NO_INDEX
from shop.ground.errors import NotFound, found, row_id
from shop.support.requests.attachments import Shelf
from shop.support.requests.counter import AT, Counter
from shop.support.requests.files import ENDINGS
from shop.support.requests.models import Attachment

# Whatever a browser may take the bytes for, nothing of them runs or loads; that it may not guess is said of all answers.
_HARMLESS = {**NO_INDEX, "content-security-policy": "sandbox; default-src 'none'"}


@get("/{market:str}/{lang:str}/support/{ref:str}/files/{number:int}", dependencies=AT, sync_to_thread=True)
def own_file(
    counter: NamedDependency[Counter], ref: FromPath[str], number: FromPath[int], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """A file of a request that this browser holds."""
    with counter.database.reading() as db:
        request = counter.own(db, ref)
        attachment = found(db.get(Attachment, row_id(number)))
    if attachment.request != request.ref:
        raise NotFound
    return download(Shelf.of(settings.data_dir), attachment)


def download(shelf: Shelf, attachment: Attachment) -> Response[bytes]:
    """The file, to be saved under its name. Whoever asks must have been let in before."""
    try:
        data = shelf.read(attachment.key)
    except FileNotFoundError:
        raise NotFound from None
    kind = attachment.media_type if attachment.media_type in ENDINGS else "application/octet-stream"
    plain = f"{attachment.request}-{attachment.id}.{ENDINGS.get(kind, 'bin')}"
    how = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.name, safe='')}"
    return Response(data, media_type=kind, headers={**_HARMLESS, "content-disposition": how})


HANDLERS = [own_file]
