"""Imports every model, so that the metadata is whole when the database is made, checked or migrated."""

from sqlmodel import SQLModel

from shop.aftersales import models as aftersales
from shop.base import holders, leases, limits, outbox, pagecache, till
from shop.catalogue import models as catalogue
from shop.checkout import models as checkout
from shop.launches import models as launches
from shop.markets import models as markets
from shop.policies import models as policies
from shop.staff import models as staff
from shop.support import crisis_models, knowledge_models, roster_models
from shop.support import models as support

MODULES = (
    holders,
    leases,
    limits,
    outbox,
    pagecache,
    till,
    staff,
    markets,
    policies,
    catalogue,
    checkout,
    aftersales,
    roster_models,
    crisis_models,
    knowledge_models,
    support,
    launches,
)
METADATA = SQLModel.metadata
