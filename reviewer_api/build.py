"""Builds the services from the settings; `serve.py` does so once, at start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from pydantic import SecretStr

from automations.deploy.reconcile import Deployer
from automations.git.repository import Repository
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.home_file import load_home_file
from automations.open.history import HistorySettings, history_store
from automations.open.home import HomeSettings, OpenHome, limits_from_settings, load_known_home, open_home
from automations.open.pause import Pause
from automations.open.repository import open_repository
from reviewer_api.api.phone import PhoneAnswers
from reviewer_api.api.services import Services
from reviewer_api.auth.home_assistant_oauth import HomeAssistantOAuth
from reviewer_api.auth.home_users import HomeUsers
from reviewer_api.auth.ingress import Ingress
from reviewer_api.auth.local_token import local_token
from reviewer_api.auth.page_address import PageAddress
from reviewer_api.auth.sessions import Auth, HomeUser, UserLookup
from reviewer_api.deployments.automation_actions import AutomationActions
from reviewer_api.deployments.automation_view import AutomationView
from reviewer_api.deployments.live_state import LiveState
from reviewer_api.deployments.reconciler import Reconciler
from reviewer_api.deployments.remote_sync import RemoteSync
from reviewer_api.diary import Diary, open_diary
from reviewer_api.diary.one_time_tokens import OneTimeTokens
from reviewer_api.diary.times import utc_now
from reviewer_api.health.checks import Checks, health_checks
from reviewer_api.health.known import (
    known_broker,
    known_disk,
    known_history,
    known_home,
    known_model,
    known_repository,
    known_schedule,
)
from reviewer_api.health.model_server import ModelServer
from reviewer_api.health.readiness import count_problems
from reviewer_api.night.after_night import AfterNight
from reviewer_api.night.redraft_process import redraft
from reviewer_api.night.runner import NightlyRunner
from reviewer_api.notify.announcer import Announcer
from reviewer_api.notify.broker import Broker, BrokerAddress
from reviewer_api.notify.inbox import TOPICS, Inbox
from reviewer_api.notify.notices import Notices
from reviewer_api.notify.phone import PhoneQuestions
from reviewer_api.notify.sensors import Sensors
from reviewer_api.review.draft_reader import DraftReader
from reviewer_api.review.home_cache import HomeCache
from reviewer_api.review.review import Review
from reviewer_api.review.suggestion_view import SuggestionView
from reviewer_api.tasks.background import BackgroundTask
from reviewer_api.web.limiter import Limiter, Rates
from reviewer_api.worker.draft_checks import DraftChecks
from reviewer_api.worker.kept_worker import KeptWorker
from reviewer_api.worker.protocol import Setup
from schemas.home import Home
from schemas.runs import REPORTS_FOLDER
from schemas.secrets import Secrets
from schemas.settings import Settings

DIARY_FILE = "diary.sqlite"
SESSION_CHECK = timedelta(seconds=2)
TOKEN_FILE = "local_token"  # noqa: S105 - the name of the file


@asynccontextmanager
async def services_from_settings(settings: Settings) -> AsyncIterator[Services]:
    """Everything that the service needs, closed at the end; InputError says what cannot be used."""
    token = local_token(settings.DATA_DIR / TOKEN_FILE, _secret_value(settings.LOCAL_TOKEN))
    home = load_home_file(settings.HOME_FILE) if settings.HOME_FILE else Home("UTC")
    repository = await asyncio.to_thread(open_repository, settings.AUTOMATIONS_REPO)
    async with diary_from_settings(settings) as diary, open_home(HomeSettings.from_settings(settings)) as home_api:
        yield _build_services(settings, token, repository, home, diary, home_api)


@asynccontextmanager
async def diary_from_settings(settings: Settings) -> AsyncIterator[Diary]:
    diary = await open_diary(settings.DATA_DIR / DIARY_FILE)
    try:
        yield diary
    finally:
        await diary.close()


def _build_services(
    settings: Settings, token: str, repository: Repository, home: Home, diary: Diary, home_api: OpenHome
) -> Services:
    """Each service is built of those before it, and none knows one that comes later."""
    home_settings, history = HomeSettings.from_settings(settings), HistorySettings.from_settings(settings)
    secrets, pause, live_state = Secrets.of(settings), Pause(settings.DATA_DIR), LiveState()
    auth = Auth(token, settings.REVIEWER_NAME, diary.sessions, diary.one_time_tokens, _user_lookup(home_settings))
    home_users = _home_users(home_settings, auth)
    home_cache = HomeCache(home, partial(load_known_home, home_settings), home_users, utc_now)
    store = history_store(history)
    worker = KeptWorker(Setup(repository.path, history.store, history.days, history.include, history.exclude))
    draft_checks = DraftChecks(worker, home_cache.current, live_state.live)
    draft_reader = DraftReader(repository, draft_checks, home_api.read, home_api.validate)
    suggestion_view = SuggestionView(repository, draft_reader, home_cache.current, utc_now)
    review = Review(repository, draft_reader, redraft, utc_now)
    nightly_runner = NightlyRunner(
        diary.runs,
        settings.ANALYSIS_SCHEDULE,
        lambda: home_cache.home.tzinfo,
        paused=lambda: bool(pause.reason()),
        reports=settings.DATA_DIR / REPORTS_FOLDER,
    )
    broker_address = BrokerAddress.from_settings(settings)
    broker = Broker(broker_address, "nightshift", TOPICS, secrets) if broker_address else None
    remote_sync = RemoteSync(repository, settings.AUTOMATIONS_REMOTE or "", secrets)
    notices = Notices(diary.outbox, diary.one_time_tokens, broker, settings.PUBLIC_URL, utc_now)
    phone_questions = PhoneQuestions(notices, suggestion_view)
    announcer = Announcer(notices, phone_questions, home_cache.current, settings.PUBLIC_URL)
    deployer = Deployer(repository, home_api, limits_from_settings(settings), pause.reason, utc_now)
    reconciler = Reconciler(
        repository, deployer, live_state, diary, home_cache.current, announcer, remote_sync, utc_now
    )
    phone_answers = PhoneAnswers(review, suggestion_view, reconciler, notices)
    after_night = AfterNight(nightly_runner, home_cache, reconciler, repository, diary, auth, utc_now)
    session_task = BackgroundTask("sessions", partial(_keep_sessions, auth))
    checks = health_checks(
        Checks(
            home=lambda: known_home(live_state, home_api.name, settings.HA_URL is None),
            broker=lambda: known_broker(broker),
            model=lambda: known_model(ModelServer.from_settings(settings)),
            repository=lambda: known_repository(repository, remote_sync),
            disk=lambda: known_disk(settings.DATA_DIR),
            schedule=lambda: known_schedule(nightly_runner),
            history=lambda: known_history(store, utc_now()),
        ),
        {
            "home": (reconciler.home_task, home_cache.task),
            "broker": (notices.task, announcer.task),
            "repository": (reconciler.refs_task, remote_sync.task),
            "disk": (session_task,),
            "schedule": (nightly_runner.task, after_night.task),
            "history": (worker.task,),
        },
    )
    return Services(
        repository=repository,
        diary=diary,
        auth=auth,
        home_cache=home_cache,
        live_state=live_state,
        suggestion_view=suggestion_view,
        review=review,
        nightly_runner=nightly_runner,
        remote_sync=remote_sync,
        notices=notices,
        announcer=announcer,
        reconciler=reconciler,
        automation_view=AutomationView(repository, reconciler, live_state, home_api, home_cache.current),
        automation_actions=AutomationActions(repository, reconciler, home_api, home_cache.current, utc_now),
        after_night=after_night,
        inbox=Inbox(notices, diary.one_time_tokens, nightly_runner.start, phone_answers.carry_out, utc_now),
        health_checks=checks,
        sensors=Sensors(notices, diary, partial(count_problems, checks)),
        worker=worker,
        upkeep=(session_task,),
        pause=pause,
        address=PageAddress.from_settings(settings),
        home_assistant_oauth=_home_assistant_oauth(home_settings, settings.HA_PUBLIC_URL, diary.one_time_tokens),
        ingress=Ingress(settings.INGRESS_ADDRESS, token, home_users or frozenset()),
        limiter=Limiter(Rates(settings.RATE_LIMIT, settings.SIGN_IN_RATE_LIMIT)),
        trusted_proxies=settings.TRUSTED_PROXIES,
        cors_origins=frozenset(settings.CORS_ORIGINS),
    )


async def _keep_sessions(auth: Auth) -> timedelta:
    """Another process may end them: `python -m reviewer_api sign-out`."""
    await auth.reload_if_changed(utc_now())
    return SESSION_CHECK


def _user_lookup(home: HomeSettings) -> UserLookup | None:
    """Asks Home Assistant with the very token whose owner is wanted; None where HA_URL is not set."""
    url = home.url
    if not url:
        return None

    async def look_up_user(token: str) -> HomeUser | None:
        async with HomeAssistant(url, token, secrets=home.secrets) as client:
            user = await client.send_command("auth/current_user")
        return HomeUser(str(user["name"]), bool(user["is_admin"]), str(user["id"]))

    return look_up_user


def _home_assistant_oauth(
    home: HomeSettings, public_url: str | None, one_time_tokens: OneTimeTokens
) -> HomeAssistantOAuth | None:
    look_up_user = _user_lookup(home)
    if not home.url or look_up_user is None:
        return None
    return HomeAssistantOAuth(home.url, public_url or home.url, one_time_tokens, look_up_user, home.secrets)


def _home_users(home: HomeSettings, auth: Auth) -> HomeUsers | None:
    return HomeUsers(home.url, home.token or "", auth) if home.url else None


def _secret_value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
