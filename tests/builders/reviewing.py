"""Reviewing over HTTP, as the page does it."""

from __future__ import annotations

from typing import Any

import httpx

from tests.builders.lamps import habit_id

Answer = dict[str, Any]


async def rows(client: httpx.AsyncClient, **filters: str) -> list[dict[str, object]]:
    answer = await client.get("/api/suggestions", params=filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def first_page(client: httpx.AsyncClient) -> Answer:
    row = (await rows(client, state="open"))[0]
    answer = await client.get(f"/api/suggestions/{row['habit_id']}")
    assert answer.status_code == 200, answer.text
    page: Answer = answer.json()
    return page


async def approve(client: httpx.AsyncClient, page: Answer) -> httpx.Response:
    question = {"seen": page["seen"], "second_yes": page["seen"]["findings"]}
    return await client.post(f"/api/suggestions/{page['row']['habit_id']}/approve", json=question)


async def confirm_plan(client: httpx.AsyncClient) -> Answer:
    plan = (await client.get("/api/plan")).json()
    answer = await client.post("/api/plan/confirm", json={"plan_hash": plan["plan_hash"]})
    result: Answer = answer.json()
    return result


async def approve_and_confirm(client: httpx.AsyncClient, page: Answer) -> Answer:
    answer = await approve(client, page)
    assert answer.status_code == 200, answer.text
    result: Answer = answer.json()
    return await confirm_plan(client) if result["outcome"] == "held" else result


async def approve_lamp(client: httpx.AsyncClient, number: int) -> httpx.Response:
    return await approve(client, (await client.get(f"/api/suggestions/{habit_id(number)}")).json())


async def deploy_lamp(client: httpx.AsyncClient, number: int) -> None:
    """Approved and in the home."""
    outcome = (await approve_lamp(client, number)).json()["outcome"]
    if outcome == "held":
        outcome = (await confirm_plan(client))["outcome"]
    assert outcome == "deployed", outcome
