"""The photos of a claim, for the customer who holds the case and for the staff of its market; for anybody else there are none."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import Session

from shop.aftersales.claims.photos import ENDINGS, SHOWN
from shop.aftersales.counter import AT, Counter
from shop.aftersales.models import Case, CasePhoto
from shop.base.db import Database
from shop.base.web import NO_INDEX
from shop.ground.errors import found
from shop.staff.arrival import Staff

# A photo never acts: whatever a browser may take its bytes for, it runs nothing and loads nothing.
_HARMLESS = {**NO_INDEX, "content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}


@get("/{market:str}/{lang:str}/cases/{number:str}/photos/{hash:str}", dependencies=AT, sync_to_thread=True)
def own_photo(counter: NamedDependency[Counter], number: FromPath[str], hash: FromPath[str]) -> Response[bytes]:
    """A photo of a case that this browser holds."""
    with counter.database.reading() as db:
        return _answer(db, counter.case(db, number), hash)


@get("/desk/cases/{number:str}/photos/{hash:str}", opt={"act": "case.see"}, sync_to_thread=True)
def desk_photo(
    number: FromPath[str],
    hash: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """A photo of a case of this person's markets."""
    with database.reading() as db:
        case = found(db.get(Case, number))
        staff.check_market(case.market)
        return _answer(db, case, hash)


def _answer(db: Session, case: Case, name: str) -> Response[bytes]:
    photo = found(db.get(CasePhoto, (case.number, name)))
    shown = photo.media_type in SHOWN
    file = f"{case.number}-{photo.hash[:8]}.{ENDINGS.get(photo.media_type, 'bin')}"
    how = "inline" if shown else "attachment"
    return Response(
        photo.data,
        media_type=photo.media_type if photo.media_type in ENDINGS else "application/octet-stream",
        headers={**_HARMLESS, "content-disposition": f'{how}; filename="{file}"'},
    )


HANDLERS = [own_photo, desk_photo]
