"""softlaunch: a storefront that an exporter points at a new country, to learn with real customers whether it works.

The house is a row of slices; each imports only from those to its left:

ground      pure stones: money, instants, duty intervals, errors
base        the outside world: settings, database, languages, pages, page cache, mail, payments
staff       people who sign in and what each may do
markets     markets, launch states, the gate, tax and shipping rates, the visit of a customer
policies    rules and texts as one version, minimums, acceptance
catalogue   products, listings, suitability, browsing
checkout    cart, quote, holds, orders, paying, dispatch
aftersales  withdrawal, return, claim, exchange, refund, parts, recall
support     roster, requests, routing, promises, the desk
scorecard   what is counted, what it proves against its stop line, guardrails, GO / HOLD / STOP
launches    readiness, launch states, schedules, exposure, history, the board
documents   what is printed and handed over: manual, procedures, crisis handbook, checklist and log
upkeep      import and export of a whole set-up, personal data, the check of everything that must hold
api         what other programs ask for and are told
demo        the demo exporter as data
migrations  the database brought from shape to shape
backups     a whole installation as one file, and back

`jobs`, `handing`, `life`, `app` and `cli` stand over all of them.
"""

__version__ = "0.1.0"
