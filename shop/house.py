"""The parts that every process of the house is made of, put together once from the settings."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from prometheus_client import ProcessCollector

from shop.aftersales.recalls.sight import markets_recalled
from shop.base.assets import Assets
from shop.base.backlog import Backlog
from shop.base.clock import Clock, clock_of
from shop.base.completeness import Completeness
from shop.base.connections import Connection
from shop.base.db import Database
from shop.base.holders import Holders
from shop.base.i18n import Languages
from shop.base.mail import OUTBOX, Mailer, mailer
from shop.base.metrics import Metrics
from shop.base.pages import Pages
from shop.base.payments import Payments
from shop.base.post import Post
from shop.base.replica import Replica
from shop.base.revisions import Revisions
from shop.base.settings import BadSetting, Settings
from shop.base.threads import Threads
from shop.base.till import DemoTill
from shop.base.tokens import Signer
from shop.base.web import Cookies
from shop.catalogue.goods import read_goods
from shop.launches.readying.gathering import Sources
from shop.markets.admission import AdmissionCookies
from shop.markets.directory import Directory
from shop.policies.function import withdrawal_entry
from shop.policies.library import PolicyLibrary
from shop.policies.written import living
from shop.scorecard.front import FrontCounter
from shop.staff.arrival import COOKIE as STAFF_COOKIE

if TYPE_CHECKING:
    from shop.base.traces import Traces


class Watcher(Protocol):
    """A thread of its own that begins with `watch` and ends with `stop`."""

    def watch(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


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
    replica: Replica | None
    traces: "Traces | None"

    def sources(self) -> Sources:
        """What readiness asks besides the database, as it stands now."""
        return Sources(self.policies, self.languages.tags, self.payments.live, self.completeness())

    @property
    def watchers(self) -> tuple[Watcher, ...]:
        """What looks at the database by itself while the shop is served, in the order in which it begins."""
        asked_for: tuple[Watcher | None, ...] = (self.traces, self.revisions, self.replica, self.front)
        return tuple(each for each in asked_for if each is not None)

    def span(self, name: str) -> AbstractContextManager[Any]:
        """A span of the traces around a piece of work, where there are traces."""
        return self.traces.span(name) if self.traces else _UNTRACED


_UNTRACED = nullcontext()


def assemble(
    settings: Settings,
    *,
    payments: Payments | None = None,
    mail: Mailer | None = None,
    clock: Clock | None = None,
    policies: PolicyLibrary | None = None,
) -> House:
    """The house for these settings; whoever passes a part of their own (a test) gets that one."""
    clock = clock or clock_of(settings.test_clock_file)
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
    sender = mail or mailer(settings.smtp_url, settings.mail_from, settings.data_dir / OUTBOX)
    metrics = _metrics(database, clock)
    paying = payments or _payments(settings, database, signer, clock)
    return House(
        settings=settings,
        database=database,
        clock=clock,
        languages=languages,
        completeness=Completeness(settings.locales_dir),
        pages=pages,
        assets=assets,
        policies=policies,
        payments=paying,
        mailer=sender,
        cookies=cookies,
        signer=signer,
        revisions=revisions,
        directory=directory,
        admissions=AdmissionCookies(cookies, signer),
        holders=holders,
        post=Post(pages, languages, sender, holders, settings.base_url, Threads(signer, settings.mail_inbox)),
        metrics=metrics,
        front=FrontCounter(
            database,
            clock,
            own=settings.base_url,
            zones=lambda: {each.id: each.zone for each in directory.now().markets.values()},
            staff=cookies.name(STAFF_COOKIE),
            cart=cookies.name("cart-"),
        ),
        replica=_replica(settings, database, revisions, metrics),
        traces=_traces(settings, database, paying, sender),
    )


def _traces(settings: Settings, database: Database, payments: Payments, sender: Mailer) -> "Traces | None":
    if not settings.traces_url:
        return None
    try:  # the libraries are an extra, and loaded only where they are used
        from shop.base.traces import Traces, exporter
    except ModuleNotFoundError as missing:
        raise BadSetting(
            "TRACES_URL", f"needs the extra softlaunch[traces] ({missing.name} is not installed)"
        ) from None
    traces = Traces(exporter(settings.traces_url))
    traces.listen(database.engine, payments, sender)
    return traces


def _metrics(database: Database, clock: Clock) -> Metrics:
    metrics = Metrics()
    metrics.registry.register(Backlog(database, clock))
    metrics.registry.register(Connection.counted)
    ProcessCollector(registry=metrics.registry)  # memory, processor time, open files
    return metrics


def _replica(settings: Settings, database: Database, revisions: Revisions, metrics: Metrics) -> Replica | None:
    if not settings.database_read_url:
        return None
    replica = Replica(database, settings.database_read_url, lambda: revisions.numbers)
    database.shows_from(replica.showing)
    metrics.registry.register(replica)
    return replica


def _payments(settings: Settings, database: Database, signer: Signer, clock: Clock) -> Payments:
    if settings.stripe_secret_key:
        # Stripe's library is 27 MB and a third of the time of every start, which no house with the demo till needs.
        from shop.base.stripe_payments import StripePayments

        return StripePayments(settings)
    return DemoTill(database, signer.derived("till"), settings.base_url, clock)
