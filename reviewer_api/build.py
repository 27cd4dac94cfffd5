"""Builds the parts from the settings; called once, by `__main__.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from functools import partial
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from automations.deploy.reconcile import Deployer
from automations.git.repository import Repository
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.home_api import HomeApi
from automations.home_assistant.home_file import load_home_file
from automations.open.history import apply_filters, history_store
from automations.open.home import limits_from_settings, load_known_home, open_home
from automations.open.pause import pause_reason
from automations.open.repository import open_repository
from reviewer_api.api.services import Parts
from reviewer_api.auth.home_assistant_oauth import HomeSignIn
from reviewer_api.auth.home_users import People
from reviewer_api.auth.ingress import Ingress
from reviewer_api.auth.local_token import local_token
from reviewer_api.auth.sign_in import Auth, Person, WhoIs
from reviewer_api.deployments.reconciler import Watch
from reviewer_api.deployments.remote_sync import Mirror
from reviewer_api.deployments.service import Deployed
from reviewer_api.diary import Diary, open_diary
from reviewer_api.diary.one_time_tokens import Tickets
from reviewer_api.diary.times import utc_now
from reviewer_api.health.probes import (
    broker_probe,
    disk_probe,
    history_probe,
    home_probe,
    model_probe,
    repository_probe,
    schedule_probe,
)
from reviewer_api.health.readiness import Name, Probe, problems
from reviewer_api.night.nightly import Night
from reviewer_api.night.redraft_process import redraft
from reviewer_api.notify.announcer import Telling
from reviewer_api.notify.broker import Broker, BrokerAddress
from reviewer_api.notify.notices import TOPICS, Notices
from reviewer_api.notify.phone import Phone
from reviewer_api.review.check_context import Surroundings
from reviewer_api.review.history_cache import Past
from reviewer_api.review.home_cache import Known
from reviewer_api.review.review import Review
from reviewer_api.review.suggestion_state import Drafts
from reviewer_api.review.suggestion_view import Shown
from reviewer_api.web.limiter import Rates
from schemas.home import Home
from schemas.runs import REPORTS_FOLDER
from schemas.settings import Settings

DIARY_FILE = "diary.sqlite"
TOKEN_FILE = "local_token"  # noqa: S105 - the name of the file


@asynccontextmanager
async def built(settings: Settings) -> AsyncIterator[Parts]:
    """Everything that the service needs, closed at the end; InputError says what cannot be used."""
    token = local_token(settings.DATA_DIR / TOKEN_FILE, _text(settings.LOCAL_TOKEN))
    home = load_home_file(settings.HOME_FILE) if settings.HOME_FILE else Home("UTC")
    repository = await asyncio.to_thread(open_repository, settings)
    async with opened_diary(settings) as diary, open_home(settings) as door:
        yield _parts(settings, token, repository, home, diary, door)


@asynccontextmanager
async def opened_diary(settings: Settings) -> AsyncIterator[Diary]:
    diary = await open_diary(settings.DATA_DIR / DIARY_FILE)
    try:
        yield diary
    finally:
        await diary.close()


def _parts(settings: Settings, token: str, repository: Repository, home: Home, diary: Diary, door: HomeApi) -> Parts:
    address = broker_address(settings)
    broker = Broker(address, "nightshift", TOPICS) if address else None
    known = Known(home, partial(load_known_home, settings), utc_now)
    store = history_store(settings)
    notices = Notices(diary.outbox, diary.tickets, broker, settings.PUBLIC_URL, utc_now)
    deployer = Deployer(repository, door, limits_from_settings(settings), lambda: pause_reason(settings), utc_now)
    deployed = Deployed(repository, deployer, lambda: known.home, utc_now)
    past = Past(store, settings.HISTORY_DAYS, utc_now, lambda stored: apply_filters(stored, known.home, settings))
    surroundings = Surroundings(repository, lambda: known.home, past.events, deployed.live)
    drafts = Drafts(repository, surroundings, door.read, door.validate)
    shown, review = Shown(repository, surroundings, drafts, utc_now), Review(repository, drafts, redraft, utc_now)
    phone = Phone(notices, shown, review, deployed)
    telling = Telling(
        notices,
        diary,
        lambda: known.home,
        settings.PUBLIC_URL,
        utc_now,
        phone.ask,
        deployed.drift,
        lambda: problems(probes),
    )
    deployed.when_reconciled(telling.reconciled)
    mirror = Mirror(repository, settings.AUTOMATIONS_REMOTE or "")
    watch = Watch(repository, deployed, diary, past, lambda: known.home, utc_now, telling.suggestion, mirror)
    night = Night(
        diary.runs,
        settings.ANALYSIS_SCHEDULE,
        ZoneInfo(home.timezone),
        paused=lambda: bool(pause_reason(settings)),
        reports=settings.DATA_DIR / REPORTS_FOLDER,
    )
    auth = Auth(token, settings.REVIEWER_NAME, diary.sessions, diary.tickets, _who_is(settings))
    watch.also(lambda: auth.look_after(utc_now()))
    probes: tuple[tuple[Name, Probe], ...] = (
        ("home", home_probe(deployed, door.name, settings.HA_URL is None)),
        ("broker", broker_probe(broker)),
        ("model", model_probe(settings)),
        ("repository", repository_probe(repository, mirror)),
        ("disk", disk_probe(settings.DATA_DIR)),
        ("schedule", schedule_probe(night)),
        ("history", history_probe(store, utc_now)),
    )
    known.when_changed(lambda changed: night.reschedule(changed.tzinfo))
    notices.when_asked_to_analyse(night.start)
    notices.when_answered(phone.answered)
    night.when_finished(lambda _: auth.load(utc_now()))
    night.when_finished(known.after_night)
    night.when_finished(watch.after_night)
    night.when_finished(telling.night_ended)
    return Parts(
        settings=settings,
        repository=repository,
        diary=diary,
        auth=auth,
        night=night,
        notices=notices,
        shown=shown,
        review=review,
        deployed=deployed,
        watch=watch,
        known=known,
        home_sign_in=_home_sign_in(settings, diary.tickets),
        probes=probes,
        ingress=Ingress(settings.INGRESS_ADDRESS, token, _people(settings, known, auth)),
        rates=Rates(settings.RATE_LIMIT, settings.SIGN_IN_RATE_LIMIT),
    )


def broker_address(settings: Settings) -> BrokerAddress | None:
    """Where the broker is; None where none is set up."""
    if not settings.MQTT_BROKER:
        return None
    return BrokerAddress(
        settings.MQTT_BROKER,
        settings.MQTT_PORT,
        settings.MQTT_USERNAME,
        _text(settings.MQTT_PASSWORD),
        settings.MQTT_TLS_CA,
    )


def _who_is(settings: Settings) -> WhoIs | None:
    """Asks Home Assistant with the very token that is to be judged."""
    url = settings.HA_URL
    if not url:
        return None

    async def who_is(token: str) -> Person | None:
        async with HomeAssistant(url, token) as home:
            user = await home.send_command("auth/current_user")
        return Person(str(user["name"]), bool(user["is_admin"]), str(user["id"]))

    return who_is


def _home_sign_in(settings: Settings, tickets: Tickets) -> HomeSignIn | None:
    who_is = _who_is(settings)
    if not settings.HA_URL or who_is is None:
        return None
    return HomeSignIn(settings.HA_URL, settings.HA_PUBLIC_URL or settings.HA_URL, tickets, who_is)


def _people(settings: Settings, known: Known, auth: Auth) -> Container[str]:
    """The administrators of the home; its people are asked with its catalogue, and sessions keep to what they are."""
    if not settings.HA_URL:
        return frozenset()
    people = People(settings.HA_URL, _text(settings.HA_TOKEN) or "", auth.keep_to)
    known.also(people.refresh)
    return people


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
