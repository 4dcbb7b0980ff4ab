// The service's REST interface. A refusal becomes a Refusal with the places in the input that it names.

const KEY = "transpile-key";

/** `problem` is an RFC 9457 body. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}`);
    this.status = status;
    this.places = problem.errors ?? [];
  }
}

/** The API key of this tab, if the server wants one. */
export function useKey(key) {
  sessionStorage.setItem(KEY, key);
}

export function headers(extra = {}) {
  const key = sessionStorage.getItem(KEY);
  return key ? { ...extra, "X-API-Key": key } : extra;
}

/** A response that is fine; everything else is thrown. */
export async function ask(path, init = {}) {
  let response;
  try {
    response = await fetch(path.replace(/^\//, ""), { ...init, headers: headers(init.headers) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, { detail: "The server does not answer." });
  }
  if (response.ok) return response;
  throw new Refusal(response.status, await response.json().catch(() => ({})));
}

export async function read(path, signal) {
  return (await ask(path, { signal })).json();
}

export async function send(path, body) {
  return (await ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json();
}

/** All items of a paged list, page by page. */
export async function* pages(path, signal) {
  let cursor = "";
  do {
    const separator = path.includes("?") ? "&" : "?";
    const page = await read(`${path}${separator}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`, signal);
    yield page.items;
    cursor = page.next;
  } while (cursor);
}

/** Save what is at `path` under `name`. */
export async function save(path, name) {
  const address = URL.createObjectURL(await (await ask(path)).blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
