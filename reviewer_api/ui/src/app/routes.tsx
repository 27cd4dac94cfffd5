import type { RouteObject } from "react-router-dom";
import { Board } from "../features/board/Board";
import { Crashed, NotFound } from "./Lost";
import { Shell } from "./Shell";

/** What the router will do in its next release, done now. */
export const FUTURE = {
  v7_relativeSplatPath: true,
  v7_fetcherPersist: true,
  v7_normalizeFormMethod: true,
  v7_partialHydration: true,
  v7_skipActionErrorRevalidation: true,
};

/** Each address and what it shows; all but the board is loaded when first asked for. */
export const routes: RouteObject[] = [
  {
    element: <Shell />,
    errorElement: <Crashed />,
    children: [
      { index: true, element: <Board /> },
      { path: "suggestions/:habitId", lazy: async () => ({ Component: (await import("../features/suggestion/Suggestion")).Suggestion }) },
      { path: "suggestions/:habitId/edit", lazy: async () => ({ Component: (await import("../features/editor/Edit")).Edit }) },
      { path: "automations", lazy: async () => ({ Component: (await import("../features/automations/Automations")).Automations }) },
      { path: "automations/:automationId", lazy: async () => ({ Component: (await import("../features/automations/Automation")).Automation }) },
      { path: "patterns", lazy: async () => ({ Component: (await import("../features/patterns/Patterns")).Patterns }) },
      { path: "runs", lazy: async () => ({ Component: (await import("../features/runs/Runs")).Runs }) },
      { path: "runs/:runId", lazy: async () => ({ Component: (await import("../features/runs/Run")).Run }) },
      { path: "plan", lazy: async () => ({ Component: (await import("../features/automations/Plan")).Plan }) },
      { path: "status", lazy: async () => ({ Component: (await import("../features/status/StatusPage")).StatusPage }) },
      { path: "*", element: <NotFound /> },
    ],
  },
];
