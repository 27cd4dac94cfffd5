"""Five hundred suggestions on a thousand automations, two hundred merges, a hundred rollbacks: nothing may pile up."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import psutil
import pytest

from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer
from automations.git.ledger import read_latest_entries
from automations.git.merge import commit_files, merge, revert
from automations.git.naming import BRANCH_PREFIX
from automations.git.refs import list_refs
from automations.home_assistant.folder_home import FolderHome
from schemas.suggestions import State
from tests.builders.lamps import NIGHT, repository_in, suggest, tip, yaml
from tests.builders.suggestions import ANNA

AUTOMATIONS, SUGGESTIONS, MERGES, ROLLBACKS = 1000, 500, 200, 100


@pytest.mark.timeout(3600)
async def test_no_lock_no_ref_no_descriptor_and_no_time_piles_up(tmp_path: Path) -> None:
    repository = repository_in(tmp_path)
    many = range(1000, 1000 + AUTOMATIONS)
    commit_files(repository, {f"house/{n}.yaml": yaml(n).encode() for n in many}, "A thousand", ANNA, NIGHT)
    suggest(repository, *range(SUGGESTIONS))
    (tmp_path / "home").mkdir()
    held = "\n".join("- " + yaml(n).replace("\n", "\n  ").strip() for n in many)
    (tmp_path / "home" / "automations.yaml").write_text(held, encoding="utf-8")
    deployer = Deployer(repository, FolderHome(tmp_path / "home"), Limits(10_000, 10_000), lambda: "", lambda: NIGHT)
    await deployer.reconcile()
    process, took = psutil.Process(), []
    descriptors = process.num_fds()

    for number in range(MERGES):
        found = tip(repository, number)
        blob = repository.blob_sha(found.branch, found.path) or ""
        start = time.perf_counter()
        merge(repository, found, blob, ANNA, "", NIGHT)
        took.append(time.perf_counter() - start)
        if number % 10 == 9:
            await deployer.reconcile((await deployer.reconcile()).plan_hash)
    for number in range(ROLLBACKS):
        revert(repository, tip(repository, number).path, ANNA, NIGHT)
        if number % 10 == 9:
            await deployer.reconcile((await deployer.reconcile()).plan_hash)

    states = [one.state for one in read_latest_entries(repository).values()]
    first, last = statistics.median(took[:40]), statistics.median(took[-40:])
    print(f"\nmerge: {first * 1000:.0f} ms at first, {last * 1000:.0f} ms at last")
    assert not list(repository.path.rglob("*.lock"))
    assert len(list_refs(repository, BRANCH_PREFIX)) == SUGGESTIONS - MERGES
    assert set(list_refs(repository)) == {
        "refs/heads/main",
        "refs/deployed/home",
        *(ref for ref in list_refs(repository) if ref.startswith((BRANCH_PREFIX, "refs/suggestions/", "refs/backup/"))),
    }
    assert (states.count(State.WATCHING), states.count(State.ROLLED_BACK)) == (MERGES - ROLLBACKS, ROLLBACKS)
    assert process.num_fds() <= descriptors + 2
    assert last < 2 * first, "a merge takes longer the more there were"
    assert repository.try_git("fsck", "--strict", "--no-dangling") == (0, b"", b"")
