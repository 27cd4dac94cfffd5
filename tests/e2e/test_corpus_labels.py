"""The labels of the corpus are still those of the real package."""

from __future__ import annotations

import os

import pytest

from tests.builders.real_home import CURRENT, versions_to_try
from tests.corpus.cases import kept_cases
from tests.e2e.verdicts import verdicts

pytestmark = pytest.mark.e2e


def test_home_assistant_still_says_what_the_corpus_says_of_it() -> None:
    release = versions_to_try(dict(os.environ))[0]
    sample = kept_cases()[::4]

    said = verdicts([case.yaml for case in sample], release)

    known = [case.new if release == CURRENT else case.old for case in sample]
    assert [error is None for error in said] == known
