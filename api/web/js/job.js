// A job as the page sees it: loaded from the service, then followed while it runs.

import { ask, pages, read } from "./api.js";
import { follow } from "./events.js";

const ENDED = ["done", "failed", "cancelled"];
const MOST_FILES = 1000;

/** `hooks`: `job`, `files`, `file`, `blocks`, `progress`, `failed` and `end` are told what is new. */
export class Job {
  #stop = new AbortController();

  #files = new Map();

  #live = new Map();

  number = null;

  constructor(id, hooks) {
    this.id = id;
    this.hooks = hooks;
    this.base = `v1/jobs/${encodeURIComponent(id)}`;
  }

  close() {
    this.#stop.abort();
  }

  get open() {
    return !this.#stop.signal.aborted;
  }

  cancel() {
    return ask(this.base, { method: "DELETE" });
  }

  block(id) {
    return read(`${this.base}/blocks/${encodeURIComponent(id)}`, this.#stop.signal);
  }

  /** Load all of it and follow it to its end. `number`: the file to look at; null: the first. */
  async run(number = null) {
    this.#told(await read(this.base, this.#stop.signal));
    await this.#listFiles();
    await this.look(number ?? [...this.#files.keys()][0]);
    if (!this.ended) await follow(`${this.base}/events`, (name, data) => this.#heard(name, data), this.#stop.signal);
    if (!this.open || this.finished) return;
    await this.#finish();
  }

  /** Look at another file. */
  async look(number) {
    if (number === undefined) return;
    this.number = number;
    const { signal } = this.#stop;
    const file = await read(`${this.base}/files/${number}`, signal);
    if (this.number !== number) return;
    this.hooks.file(file);
    for await (const blocks of pages(`${this.base}/blocks?file=${number}`, signal)) {
      if (this.number !== number) return;
      this.hooks.blocks(blocks);
    }
  }

  #told(job) {
    this.job = { ...this.job, ...job };
    this.ended = ENDED.includes(this.job.state);
    this.hooks.job(this.job);
  }

  async #listFiles() {
    for await (const items of pages(`${this.base}/files`, this.#stop.signal)) {
      for (const item of items) this.#files.set(item.number, item);
      if (this.#files.size >= MOST_FILES) break;
    }
    this.hooks.files([...this.#files.values()]);
  }

  #heard(name, data) {
    if (name === "state") this.#told(data);
    if (name === "progress" && data.file === this.number) this.hooks.progress(data);
    if (name === "block" && data.file === this.number) this.hooks.blocks([{ ...data, id: this.#liveId(data) }]);
    if (name === "file") this.#heardOfFile(data);
  }

  #heardOfFile(data) {
    this.#files.set(data.number, { ...this.#files.get(data.number), ...data });
    this.hooks.files([...this.#files.values()]);
    const ended = data.state !== "queued" && data.state !== "running";
    if (ended && data.number === this.number && this.#files.size > 1) this.look(data.number).catch(this.hooks.failed);
  }

  /** Blocks have no numbers before their file has ended: until then they go by function, label and line. */
  #liveId({ file, function: name, label, lines }) {
    const known = JSON.stringify([file, name, label, lines[0]]);
    if (!this.#live.has(known)) this.#live.set(known, `live.${this.#live.size}`);
    return this.#live.get(known);
  }

  async #finish() {
    this.#told(await read(this.base, this.#stop.signal));
    await this.#listFiles();
    await this.look(this.number);
    this.finished = true;
    this.hooks.end(this.job);
  }
}
