// Server-sent events over fetch: EventSource cannot send a key. Reconnects where it left off.

import { ask, Refusal } from "./api.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/** Calls `heard(event, data)` for each event until `end`, or until `signal` says stop. 204: there are no more. */
export async function follow(path, heard, signal) {
  let last = "";
  let wait = FIRST_WAIT;
  for (;;) {
    let told = false;
    try {
      const response = await ask(path, { signal, headers: { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) } });
      if (response.status === 204) return;
      for await (const event of parsed(response.body)) {
        if (event.id) last = event.id;
        wait = FIRST_WAIT;
        told = true;
        if (event.data) heard(event.name, JSON.parse(event.data));
        told = false;
        if (event.name === "end") return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (told) throw error;
      if (error instanceof Refusal && error.status >= 400 && error.status < 500 && error.status !== 429) throw error;
    }
    await new Promise((done) => setTimeout(done, wait));
    if (signal.aborted) return;
    wait = Math.min(2 * wait, LONGEST_WAIT);
  }
}

/** The events of a stream: fields of a line each, an empty line after each event. */
export async function* parsed(body) {
  let event = { id: "", name: "message", data: "" };
  for await (const line of lines(body)) {
    if (line === "") {
      yield event;
      event = { id: "", name: "message", data: "" };
      continue;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "id") event.id = value;
    else if (field === "event") event.name = value;
    else if (field === "data") event.data += event.data ? `\n${value}` : value;
  }
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop();
    yield* parts;
  }
}
