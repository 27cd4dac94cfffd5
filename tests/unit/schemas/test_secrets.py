"""One strike-out for every text that comes from outside."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automations.open.settings import load_settings
from schemas.secrets import REDACTED, Secrets

KEY = 'sk-test/01+23 &"4ä'
RANDOM = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F), min_size=21, max_size=40)


def forms_of(secret: str) -> list[str]:
    """As servers are known to repeat it."""
    data = secret.encode()
    return [
        secret,
        f"Bearer {secret}",
        json.dumps({"key": secret}),
        json.dumps({"key": secret}, ensure_ascii=False),
        json.dumps(secret).replace("/", "\\/"),
        html.escape(secret),
        f"?key={quote(secret, safe='')}&a=1",
        f"?key={quote_plus(secret).lower()}" if secret == secret.lower() else quote_plus(secret),
        *(
            base64.b64encode(user + data + rest).decode()
            for user in (b"", b"u:", b"me:", b"you:")
            for rest in (b"", b":")
        ),
        base64.urlsafe_b64encode(b"nightshift:" + data).decode(),
    ]


@pytest.mark.parametrize("text", forms_of(KEY))
def test_a_secret_is_struck_out_in_every_form(text: str) -> None:
    secrets = Secrets([KEY])

    assert REDACTED in secrets.strike(f"it was {text}, sorry")
    assert REDACTED.encode() in secrets.strike_data(f"<{text}>".encode())


@given(RANDOM, st.binary(max_size=5))
def test_no_form_of_a_secret_is_left(secret: str, before: bytes) -> None:
    secrets = Secrets([secret])
    said = " ".join((*forms_of(secret), base64.b64encode(before + secret.encode()).decode()))

    for struck in (secrets.strike(said), secrets.strike_data(said.encode()).decode(), secrets.strike_answer(said)):
        assert secret not in struck
        assert struck.count(REDACTED) >= len(forms_of(secret))


@pytest.mark.parametrize("word", ["k", "none", "EMPTY", "kitchen", "not-needed", "Home Assistant"])
def test_a_password_that_is_a_word_leaves_data_alone_and_goes_from_sentences_where_it_stands_alone(word: str) -> None:
    secrets = Secrets([word])
    document = json.dumps({"name": word, "entity_id": f"light.{word}"})

    assert secrets.strike_answer(document) == document
    assert secrets.strike(f"the password '{word}' is wrong") == f"the password '{REDACTED}' is wrong"
    assert secrets.strike(f"a{word}b") == f"a{word}b"


def test_what_holds_no_secret_is_the_same_afterwards() -> None:
    secrets = Secrets([KEY, "another-1234567", ""])

    assert secrets.strike("Nothing in here.") == "Nothing in here."
    assert Secrets().strike_data(b"\xff\x00") == b"\xff\x00"


def test_every_secret_of_the_settings_is_known_also_those_in_addresses() -> None:
    secrets = Secrets.of(
        load_settings(
            {
                "HA_TOKEN": "token-of-home-11",
                "OPENAI_API_KEY": "key-of-model-22",
                "MQTT_PASSWORD": "password-of-broker-33",
                "DATA_API_KEY": "key-of-data-44",
                "LOCAL_TOKEN": "local-token-55",
                "HA_URL": "http://me:in-home-url-66@home.lan",
                "DATA_API_URL": "http://data.lan?key=in-query-77",
                "OPENAI_BASE_URL": "https://u:in%2Fmodel-url-88@model.lan/v1",
                "AUTOMATIONS_REMOTE": "https://ghp-99-token:x-oauth-basic@git.lan/a.git",
            },
            None,
        )
    )
    said = (
        "token-of-home-11 key-of-model-22 password-of-broker-33 key-of-data-44 local-token-55 in-home-url-66 "
        "in-query-77 in/model-url-88 in%2Fmodel-url-88 ghp-99-token x-oauth-basic"
    )

    assert secrets.strike(said) == " ".join([REDACTED] * 11)
    assert secrets.strike("git me http home.lan") == "git me http home.lan"
