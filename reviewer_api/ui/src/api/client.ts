/** How the page speaks to the service: paths relative to where it is mounted, errors as sentences. */
import createClient from "openapi-fetch";
import type { paths } from "./schema";

/** Where the page is mounted, with a closing slash; the service writes it into the document's `<base>`. */
export const mount = new URL("./", document.baseURI);

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly body?: unknown,
  ) {
    super(message);
  }
}

const AWAY = "Nightshift does not answer. Check that it is running and that this device can reach it; the page tries again.";

let csrf = "";

/** The token that proves to the service that a change comes from this page. */
export function setCsrf(token: string) {
  csrf = token;
}

export const api = createClient<paths>({
  baseUrl: mount.href.replace(/\/$/, ""),
  credentials: "same-origin",
  fetch: (request) => fetch(request),
  querySerializer: { array: { style: "form", explode: true } },
});

api.use({
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
});

type Answered<T> = { data?: T; error?: unknown; response: Response };

/** The answer itself; raises ApiError with the service's own sentence where there is none. */
export async function answer<T>(asked: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await asked.catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new ApiError(0, AWAY);
  });
  if (response.ok) return data as T;
  throw new ApiError(response.status, detailOf(error) ?? `The service answered ${response.status}. Try again.`, error);
}

function detailOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("detail" in error)) return undefined;
  return typeof error.detail === "string" ? error.detail : undefined;
}
