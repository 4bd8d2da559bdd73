"""The parts that every process of the house is made of, put together once from the settings."""

from dataclasses import dataclass
from functools import partial

from shop.aftersales.recall_sight import markets_recalled
from shop.base.assets import Assets
from shop.base.clock import Clock, file_clock, system_clock
from shop.base.completeness import Completeness
from shop.base.db import Database
from shop.base.guard import Metrics
from shop.base.holders import Holders
from shop.base.i18n import Languages
from shop.base.mail import Mailer, mailer
from shop.base.pagecache import Revisions
from shop.base.pages import Pages
from shop.base.payments import Payments
from shop.base.post import Post
from shop.base.settings import Settings
from shop.base.threads import Threads
from shop.base.till import DemoTill
from shop.base.tokens import Signer
from shop.base.web import Cookies
from shop.catalogue.goods import read_goods
from shop.markets.admission import AdmissionCookies
from shop.markets.directory import Directory
from shop.policies.function import withdrawal_entry
from shop.policies.library import PolicyLibrary
from shop.policies.written import living
from shop.scorecard.front import FrontCounter
from shop.staff.arrival import COOKIE as STAFF_COOKIE


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything a door, a job or a command may need; each is handed only what it asks for."""

    settings: Settings
    database: Database
    clock: Clock
    languages: Languages
    completeness: Completeness
    pages: Pages
    assets: Assets
    policies: PolicyLibrary
    payments: Payments
    mailer: Mailer
    cookies: Cookies
    signer: Signer
    revisions: Revisions
    directory: Directory
    admissions: AdmissionCookies
    holders: Holders
    post: Post
    metrics: Metrics
    front: FrontCounter


def assemble(
    settings: Settings,
    *,
    payments: Payments | None = None,
    mail: Mailer | None = None,
    clock: Clock | None = None,
    policies: PolicyLibrary | None = None,
) -> House:
    """The house for these settings; whoever passes a part of their own (a test) gets that one."""
    clock = clock or (file_clock(settings.test_clock_file) if settings.test_clock_file else system_clock)
    database, signer, assets, cookies = (
        Database(settings.database_url),
        Signer(settings.secret_key),
        Assets(),
        Cookies(settings),
    )
    revisions, languages = Revisions(database), Languages(settings.locales_dir)
    holders = Holders(cookies, signer, database)
    policies = living(policies or PolicyLibrary(settings.policies_dir), database, revisions)
    pages = Pages(settings.templates_dir, version=assets.version)
    directory = Directory(database, revisions, read_goods, partial(withdrawal_entry, policies), markets_recalled)
    sender = mail or mailer(settings.smtp_url, settings.mail_from, settings.data_dir / "outbox")
    return House(
        settings=settings,
        database=database,
        clock=clock,
        languages=languages,
        completeness=Completeness(settings.locales_dir),
        pages=pages,
        assets=assets,
        policies=policies,
        payments=payments or _payments(settings, database, signer, clock),
        mailer=sender,
        cookies=cookies,
        signer=signer,
        revisions=revisions,
        directory=directory,
        admissions=AdmissionCookies(cookies, signer),
        holders=holders,
        post=Post(pages, languages, sender, holders, settings.base_url, Threads(signer, settings.mail_inbox)),
        metrics=Metrics(),
        front=FrontCounter(
            database,
            clock,
            own=settings.base_url,
            zones=lambda: {each.id: each.zone for each in directory.now().markets.values()},
            staff=cookies.name(STAFF_COOKIE),
            cart=cookies.name("cart-"),
        ),
    )


def _payments(settings: Settings, database: Database, signer: Signer, clock: Clock) -> Payments:
    if settings.stripe_secret_key:
        # Stripe's library is 27 MB and a third of the time of every start, which no house with the demo till needs.
        from shop.base.stripe_payments import StripePayments

        return StripePayments(settings)
    return DemoTill(database, signer.derived("till"), settings.base_url, clock)
