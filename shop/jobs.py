"""The table of periodic work, and the table of what each effect in the outbox does. Bodies are one line each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlmodel import Session

from shop.aftersales import care
from shop.aftersales.cases import mails as case_mails
from shop.aftersales.cases import overdue
from shop.aftersales.cases.given_up import end_given_up
from shop.aftersales.claims.photo_drafts import forget_old_photos
from shop.aftersales.recalls import mails as recall_mails
from shop.api.delivering import deliver_due, forget_old_deliveries
from shop.api.kept_answers import forget_old_answers
from shop.api.posting import Came, post
from shop.api.subscribing import may_be_local
from shop.base.holders import forget_old_links
from shop.base.leases import lease, perhaps_due
from shop.base.limits import forget_old_windows
from shop.base.outbox import CarryOut, carry_out_due
from shop.catalogue import mails as waitlist_mails
from shop.catalogue import waitlist
from shop.checkout import disputes, giving_back, refund_mails, settling, sweep
from shop.checkout import mails as order_mails
from shop.checkout.sold_out import tell_sold_out
from shop.documents.printing import Writer
from shop.documents.standing import measure_all
from shop.ground.errors import Busy
from shop.house import House
from shop.launches.changing import falling, safety
from shop.launches.changing import mails as market_mails
from shop.launches.guarding import account, watch
from shop.launches.guarding import mails as guard_mails
from shop.launches.schedules import mails as schedule_mails
from shop.launches.schedules import running
from shop.scorecard import counting
from shop.staff import letters
from shop.staff.choosing import forget_old_password_links
from shop.staff.signin import forget_old_sign_ins
from shop.support.answering import overdue_mails, waiting
from shop.support.crisis import mails as crisis_mails
from shop.support.crisis import paging
from shop.support.known import referral_answers, referral_mails
from shop.support.requests import attachments
from shop.support.requests import mails as request_mails
from shop.support.requests.receiving import forget_old_mail
from shop.support.shifts import presence, roster
from shop.support.staffed import capacity_job
from shop.support.staffed.kept_promises import count_kept_days
from shop.upkeep import check_runs
from shop.upkeep.personal import acting
from shop.upkeep.workshop import csv_work


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work to be done every so often, by one process at a time."""

    name: str
    every: timedelta
    work: Callable[[House, datetime], Any]
    waits: Callable[[Session], bool] | None = None  # whether there is work; asked before a lease is taken, if given


JOBS = (
    Job("waiting requests", timedelta(seconds=5), lambda house, now: waiting.route_due(house.database, now=now)),
    Job("paging", timedelta(seconds=15), lambda house, now: paging.page_due(house.database, now=now)),
    Job("payments", timedelta(seconds=15), lambda house, now: _settle(house, now)),
    Job(
        "presence",
        timedelta(seconds=15),
        lambda house, now: presence.take_out_who_did_not_come(house.database, now=now),
    ),
    Job("roster", timedelta(hours=6), lambda house, now: roster.rebuild_all(house.database, now=now)),
    Job(
        "zone data",
        timedelta(minutes=1),
        lambda house, now: roster.rebuild_if_clocks_changed(house.database, now=now),
    ),
    Job(
        "people of the roster",
        timedelta(seconds=15),
        lambda house, now: roster.rebuild_if_somebody_left(house.database, now=now),
    ),
    Job("planned steps", timedelta(seconds=15), lambda house, now: _take_planned(house, now)),
    Job("ready markets", timedelta(minutes=1), lambda house, now: _fall_back(house, now)),
    Job("last orders", timedelta(minutes=1), lambda house, now: _end_last_orders(house, now)),
    Job("waiting lists", timedelta(minutes=1), lambda house, now: _tell_waiting(house, now)),
    Job("sold out", timedelta(seconds=15), lambda house, now: tell_sold_out(house.database, now=now)),
    Job("capacity", timedelta(minutes=2), lambda house, now: capacity_job.count_capacity(house.database, now=now)),
    Job("kept promises", timedelta(hours=1), lambda house, now: count_kept_days(house.database, now=now)),
    Job("given up orders", timedelta(minutes=1), lambda house, now: end_given_up(house.database, now=now)),
    Job("care reminders", timedelta(hours=1), lambda house, now: care.remind_due(house.database, now=now)),
    Job("late referrals", timedelta(minutes=1), lambda house, now: referral_answers.tell_late(house.database, now=now)),
    Job(
        "overdue refunds",
        timedelta(hours=24),
        lambda house, now: overdue.tell_overdue(house.database, house.policies, now=now),
    ),
    Job("spreadsheets", timedelta(seconds=1), lambda house, now: _do_spreadsheets(house, now), waits=csv_work.waits),
    Job(
        "check",
        timedelta(seconds=1),
        lambda house, now: _check(house, now),
        waits=check_runs.waits,
    ),
    Job("documents", timedelta(minutes=5), lambda house, now: _measure_documents(house, now)),
    Job("figures", timedelta(minutes=1), lambda house, now: counting.recount_due(house.database, now=now)),
    Job("payment account", timedelta(hours=1), lambda house, now: _check_account(house, now)),
    Job("guard", timedelta(minutes=1), lambda house, now: _guard(house, now)),
    Job("forgetting", timedelta(hours=1), lambda house, now: _forget(house, now)),
    Job("erasures", timedelta(minutes=1), lambda house, now: _end_erasures(house, now)),
)


def effects(house: House) -> dict[str, CarryOut]:
    """What each kind of effect does when it is carried out."""
    return {
        letters.MAIL: lambda payload, now: letters.send(house.database, house.post, payload, now=now),
        "guard mail": lambda payload, now: guard_mails.send(house.database, house.post, payload, now=now),
        "market mail": lambda payload, now: market_mails.send(house.database, house.post, payload, now=now),
        settling.MAIL: lambda payload, now: order_mails.send(house.database, house.post, payload, now=now),
        "referral mail": lambda payload, now: referral_mails.send(house.database, house.post, payload, now=now),
        "request mail": lambda payload, now: request_mails.send(house.database, house.post, payload, now=now),
        "overdue mail": lambda payload, now: overdue_mails.send(house.database, house.post, payload, now=now),
        "crisis mail": lambda payload, now: crisis_mails.send(house.database, house.post, payload, now=now),
        "on call page": lambda payload, now: crisis_mails.send_page(house.database, house.post, payload, now=now),
        "link mail": lambda payload, now: _send_link(house, payload, now),
        "waitlist mail": lambda payload, now: _send_waitlist(house, payload, now),
        "case mail": lambda payload, now: _send_case(house, payload, now),
        "care mail": lambda payload, now: care.send(house.database, house.post, payload, now=now),
        "refund": lambda payload, now: giving_back.give_back(house.database, house.payments, payload, now=now),
        "overdue refund": lambda payload, now: overdue.send(house.database, house.post, payload, now=now),
        "recall mail": lambda payload, now: recall_mails.send(house.database, house.post, payload, now=now),
        "recall payments": lambda payload, now: _end_recalled(house, payload, now),
        "schedule mail": lambda payload, now: schedule_mails.send(house.database, house.post, payload, now=now),
        "dispute mail": lambda payload, now: disputes.send(house.database, house.post, payload, now=now),
        "refund mail": lambda payload, now: refund_mails.send(house.database, house.post, payload, now=now),
    }


def run_due(house: House) -> int:
    """Do every job that is due and carry out what waits in the outbox; says how many effects were tried."""
    run_jobs(house)
    return run_effects(house)


def run_jobs(house: House) -> int:
    """Do every job that is due; none is worth looking again at once for another."""
    for job in _perhaps_due(house):
        now = house.clock()
        if lease(house.database, job.name, job.every, now=now):
            _do(job, house, now)
    return 0


def _perhaps_due(house: House) -> list[Job]:
    with house.database.reading() as db:
        due = perhaps_due(db, [(job.name, job.every) for job in JOBS], now=house.clock())
        return [job for job in JOBS if job.name in due and (job.waits is None or job.waits(db))]


def run_effects(house: House) -> int:
    """Carry out what waits in the outbox; says how many effects were tried."""
    return carry_out_due(house.database, _traced(house, effects(house)), clock=house.clock)


def _traced(house: House, functions: dict[str, CarryOut]) -> dict[str, CarryOut]:
    if house.traces is None:
        return functions
    return {kind: house.traces.around(f"effect {kind}", each) for kind, each in functions.items()}


def run_deliveries(house: House) -> int:
    """Send what was announced to whoever asked to be told; says how many deliveries were tried."""
    local = may_be_local(house.settings)

    def send(url: str, headers: Mapping[str, str], body: bytes) -> Came:
        return post(url, headers, body, local=local)

    return deliver_due(house.database, house.signer, send, clock=house.clock)


def _do(job: Job, house: House, now: datetime) -> None:
    try:
        with house.span(f"job {job.name}"):
            job.work(house, now)
    except Busy:
        structlog.get_logger().warning("periodic work found the database busy", job=job.name)
    except Exception as fault:  # noqa: BLE001 - one failing job must not keep the others and the outbox from their turn
        structlog.get_logger().error("periodic work failed", job=job.name, exc_info=fault)


def _settle(house: House, now: datetime) -> None:
    sweep.settle_overdue(
        house.database, house.payments, languages=house.languages, base_url=house.settings.base_url, now=now
    )


def _guard(house: House, now: datetime) -> None:
    watch.watch(house.database, house.payments, house.sources, now=now)


def _check_account(house: House, now: datetime) -> None:
    account.check_account(house.database, house.payments, house.sources, now=now)


def _do_spreadsheets(house: House, now: datetime) -> None:
    csv_work.work_due(house.database, house.policies, house.languages, now=now)


def _measure_documents(house: House, now: datetime) -> None:
    writer = Writer(house.languages, house.sources(), house.settings.base_url)
    measure_all(house.database, writer, now=now)


def _take_planned(house: House, now: datetime) -> None:
    running.run_due(house.database, house.payments, house.sources, now=now)


def _fall_back(house: House, now: datetime) -> None:
    falling.fall_back(house.database, house.sources, now=now)


def _end_last_orders(house: House, now: datetime) -> None:
    safety.end_last_orders(house.database, house.payments, now=now)


def _send_link(house: House, payload: dict[str, Any], now: datetime) -> None:
    for mails in (order_mails, request_mails, case_mails):
        mails.send_link(house.database, house.post, payload, now=now)


def _end_recalled(house: House, payload: dict[str, Any], now: datetime) -> None:
    recall_mails.end_payments(house.database, house.payments, payload, now=now)


def _send_case(house: House, payload: dict[str, Any], now: datetime) -> None:
    case_mails.send(house.database, house.post, house.policies, payload, now=now)


def _tell_waiting(house: House, now: datetime) -> None:
    house.revisions.refresh()  # who works apart from any shop has nobody watching them
    waitlist.tell_due(house.database, house.directory, house.languages, now=now)


def _send_waitlist(house: House, payload: dict[str, Any], now: datetime) -> None:
    waitlist_mails.send(house.database, house.post, house.signer, payload, now=now)


def _forget(house: House, now: datetime) -> None:
    with house.database.writing() as db:
        forget_old_windows(db, now=now)
        forget_old_links(db, now=now)
        forget_old_sign_ins(db, now=now)
        forget_old_password_links(db, now=now)
        waitlist.forget_old_entries(db, now=now)
        forget_old_photos(db, now=now)
        forget_old_mail(db, now=now)
        forget_old_answers(db, now=now)
        forget_old_deliveries(db, now=now)
        csv_work.forget_old_uploads(db, now=now)
    attachments.sweep(house.database, attachments.Shelf.of(house.settings.data_dir), now=now)


def _check(house: House, now: datetime) -> None:
    check_runs.work_due(house.database, house.policies, now=now, left_mails=_keeper(house).left_mails)


def _end_erasures(house: House, now: datetime) -> None:
    acting.sweep_due(_keeper(house), now=now)


def _keeper(house: House) -> acting.Keeper:
    return acting.Keeper(house.database, house.policies, house.signer, house.settings.data_dir)
