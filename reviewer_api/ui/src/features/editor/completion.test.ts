import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { completeFrom } from "./completion";

const CATALOGUE = {
  entities: [{ entity_id: "light.kitchen", name: "Kitchen light", area: "Kitchen" }],
  services: ["light.turn_on"],
};

async function offered(doc: string) {
  const state = EditorState.create({ doc });
  const found = await completeFrom(() => CATALOGUE)(new CompletionContext(state, doc.length, false));
  return found?.options.map(({ label }) => label);
}

test("behind an action stand the home's services, elsewhere its entities", async () => {
  expect(await offered("actions:\n  - action: li")).toEqual(["light.turn_on"]);
  expect(await offered("    entity_id: li")).toEqual(["light.kitchen"]);
});

test("nothing is offered where nothing was typed", async () => {
  expect(await offered("entity_id: ")).toBeUndefined();
});
