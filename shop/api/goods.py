"""Operations on what is sold in a market. A listing is added, changed and removed by the edit that the console makes."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.api.answering import door
from shop.api.goods_shapes import ListingChange, ListingNew, Listings, ListingTold
from shop.api.operations import Call, Operation, Reply, etag
from shop.api.order_shapes import Amount
from shop.api.paging import Paged, following, place
from shop.api.problems import Problem, Wrong, wrong
from shop.catalogue.models import Listing
from shop.ground.errors import found
from shop.ground.instants import local
from shop.ground.money import Money
from shop.markets.models import Market
from shop.upkeep.editing.changing import change
from shop.upkeep.editing.edits import Edit, StaleEdit
from shop.upkeep.editing.tables import RawRow, table
from shop.upkeep.reading import BadSetup, Complaint

FILE = "listings.csv"
KEY = ("market", "sku")


def list_listings(call: Call, db: Session) -> Reply:
    """A page of a market's listings."""
    market = found(db.get(Market, call.own_market(call.path["market"])))
    query, before = select(Listing).where(Listing.market == market.id), place(call, 1)
    if before is not None:
        query = query.where(col(Listing.sku) > str(before[0]))
    rows, after = following(call, db.exec(query.order_by(col(Listing.sku)).limit(call.query.limit + 1)).all(), "sku")
    return Reply(Listings(items=[_listing(each, market) for each in rows], next=after))


def show_listing(call: Call, db: Session) -> Reply:
    """One listing."""
    return _shown(db, call, call.path["sku"])


def add_listing(call: Call) -> Reply:
    """Offer a product in a market."""
    asked: ListingNew = call.body
    database, key = call.hall.database, (call.own_market(call.path["market"]), asked.sku)
    with database.reading() as db:
        market = found(db.get(Market, key[0]))
        if db.get(Listing, key) is not None:
            raise Problem("already_there")
    cells = {name: _cell(name, each, market) for name, each in asked if name != "sku"}
    _carry_out(call, Edit(FILE, key, dict(zip(KEY, key, strict=True)) | cells), late="already_there")
    return _read(call, asked.sku)


def change_listing(call: Call) -> Reply:
    """Change a listing by an edit of its row, which the import's own checks look at."""
    asked: ListingChange = call.body
    market, row = _row(call)
    cells = {name: _cell(name, getattr(asked, name), market) for name in sorted(asked.model_fields_set)}
    differing = {name: value for name, value in cells.items() if row.cells.get(name) != value}
    if differing:
        _carry_out(call, Edit(FILE, row.key, differing, row.version))
    return _read(call, row.key[1])


def remove_listing(call: Call) -> Reply:
    """Offer a product in a market no longer; what was sold of it stays sold."""
    _market, row = _row(call)
    _carry_out(call, Edit(FILE, row.key, None, row.version), wrong="cannot_be_removed")
    return Reply()


def _row(call: Call) -> tuple[Market, RawRow]:
    """The market, and the listing's row as the file has it, if it is still what If-Match says."""
    key = (call.path["market"], call.path["sku"])
    with call.hall.database.reading() as db:
        call.match(_shown(db, call, key[1]).etag, must=True)
        rows = table(db, call.hall.policies, FILE, goods={key[1]}).rows
        return found(db.get(Market, key[0])), found(next((each for each in rows if each.key == key), None))


def _carry_out(call: Call, edit: Edit, *, late: str = "changed_meanwhile", wrong: str = "not_understood") -> None:
    """Have the edit made in the name of the token's person."""
    hall = call.hall
    try:
        change(hall.database, hall.policies, [edit], person=call.staff.person.id, now=call.now, reason=call.reason)
    except StaleEdit:
        raise Problem(late) from None
    except BadSetup as bad:
        raise Problem(wrong, errors=[_complaint(each, edit) for each in bad.complaints]) from None


def _read(call: Call, sku: str) -> Reply:
    with call.hall.database.reading() as db:
        return _shown(db, call, sku)


def _shown(db: Session, call: Call, sku: str) -> Reply:
    market = found(db.get(Market, call.own_market(call.path["market"])))
    listing = found(db.get(Listing, (market.id, sku), populate_existing=True))
    told = _listing(listing, market)
    return Reply(told, etag=etag("listing", told.model_dump_json(exclude={"taken"})))


def _listing(listing: Listing, market: Market) -> ListingTold:
    price = Money(listing.price, market.currency)
    told = listing.model_dump(exclude={"price", "position", "reduced_since"})
    return ListingTold(price=Amount(minor=price.minor, currency=price.currency, amount=price.plain), **told)


def _cell(name: str, value: Any, market: Market) -> str:
    """The value as a cell of the file: an instant as the market's wall time, a day where it is a midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        try:
            wall = local(value, market.zone).replace(tzinfo=None, second=0, microsecond=0)
        except OverflowError:
            raise wrong("No calendar reaches so far.", f"/{name}") from None
        return wall.date().isoformat() if (wall.hour, wall.minute) == (0, 0) else wall.isoformat(timespec="minutes")
    return str(value)


def _complaint(complaint: Complaint, edit: Edit) -> Wrong:
    """What is wrong, with a pointer to the field of this listing; anything else in the set-up is named by file and key."""
    said = str(complaint.what)
    if (complaint.file, complaint.key) == (edit.file, edit.key):
        pointer = f"/{complaint.column}" if complaint.column else ""
        return Wrong(where="body", pointer=pointer, detail=f"{said[:1].upper()}{said[1:]}.")
    row = " ".join((complaint.file, *complaint.key))
    return Wrong(where="body", pointer="", detail=f"{row}: {said}.")


LISTINGS = Operation(
    method="GET", path="/markets/{market}/listings", name="listListings", scope="listings:read", act=list_listings,
    gives=Listings, asks=Paged, summary="What is sold in a market, by SKU, page by page.",
)  # fmt: skip
LISTING = Operation(
    method="GET", path="/markets/{market}/listings/{sku}", name="getListing", scope="listings:read", act=show_listing,
    gives=ListingTold, summary="One product in a market.", etag=True,
)  # fmt: skip
CHANGE_LISTING = Operation(
    method="PATCH", path="/markets/{market}/listings/{sku}", name="changeListing", scope="listings:write",
    act=change_listing, gives=ListingTold, reads=ListingChange, session="own", etag=True, if_match="must",
    summary="Change a price, the days of sale or the limits. The shop follows at once.", example={"price": "249.00"},
)  # fmt: skip

ADD_LISTING = Operation(
    method="POST", path="/markets/{market}/listings", name="addListing", scope="listings:write", act=add_listing,
    gives=ListingTold, reads=ListingNew, session="own", etag=True, status=201,
    summary="Offer a product in a market. The shop follows at once.", also={409: "It is listed there already."},
    example={"sku": "HB-SP-BS", "price": "24.90"},
)  # fmt: skip
REMOVE_LISTING = Operation(
    method="DELETE", path="/markets/{market}/listings/{sku}", name="removeListing", scope="listings:write",
    act=remove_listing, gives=None, session="own", status=204, if_match="must",
    summary="Offer a product in a market no longer. What was sold of it stays sold.",
    also={409: "Something else of the set-up needs it."},
)  # fmt: skip

HANDLERS = [door(each) for each in (LISTINGS, LISTING, ADD_LISTING, CHANGE_LISTING, REMOVE_LISTING)]
