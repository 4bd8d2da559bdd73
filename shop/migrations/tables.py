"""Imports every model, so that the metadata is whole when the database is made, checked or migrated."""

from sqlmodel import SQLModel

from shop.aftersales import models as aftersales
from shop.api import models as api
from shop.base import announcing, audit, holders, leases, limits, outbox, revisions, till
from shop.catalogue import models as catalogue
from shop.checkout import models as checkout
from shop.documents import models as documents
from shop.launches import models as launches
from shop.markets import exposure_models
from shop.markets import models as markets
from shop.policies import models as policies
from shop.scorecard import models as scorecard
from shop.staff import models as staff
from shop.support.crisis import models as crisis_models
from shop.support.known import models as knowledge_models
from shop.support.requests import models as support
from shop.support.shifts import models as roster_models
from shop.upkeep import models as upkeep

MODULES = (
    announcing,
    audit,
    holders,
    leases,
    limits,
    outbox,
    revisions,
    till,
    staff,
    markets,
    exposure_models,
    policies,
    catalogue,
    checkout,
    aftersales,
    roster_models,
    crisis_models,
    knowledge_models,
    support,
    scorecard,
    launches,
    documents,
    upkeep,
    api,
)
METADATA = SQLModel.metadata
