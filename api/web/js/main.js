// The page: what is typed or dropped goes to the service as a job; the job in the address is shown and followed.

import { el, rove, stop } from "../parts/dom.js";
import { Linking } from "../parts/linking.js";
import { mark, WORDS } from "../parts/verdicts.js";
import { ask, read, Refusal, save, send, useKey } from "./api.js";
import { dropping, helpDialog, shortcuts, tabs, themeSwitch } from "./chrome.js";
import { Job } from "./job.js";
import { byContent, byName, defineModes, modeOf, TARGETS, targetsOf } from "./languages.js";
import { optionsPanel } from "./options.js";
import { Pane } from "./pane.js";
import { Workbench } from "./workbench.js";

const SPEAK_MS = 10_000;
const EXAMPLES = [
  ["tally.s", "riscv", "tally.s: x86-64 to RISC-V"],
  ["tally.s", "aarch64", "tally.s: x86-64 to AArch64"],
  ["saxpy.c", "cuda", "saxpy.c: C to CUDA"],
  ["savings.cob", "python", "savings.cob: COBOL to Python"],
];

const { ace } = globalThis;
ace.config.set("basePath", "web/vendor/ace");
ace.config.set("useStrictCSP", true);
defineModes(ace);

const $ = (id) => document.getElementById(id);
const linking = new Linking();
const source = new Pane($("source"), "Source", linking);
const target = new Pane($("target"), "Target, read only", linking, true);
const options = optionsPanel($("options"));
const bench = new Workbench(linking, source, target, { list: $("view-list"), graph: $("view-graph"), about: $("about") }, (id) => job.block(id));
const showTab = tabs($("tab-list").parentElement, () => bench.draw());

let directions = [];
let job = null;
let submitted = null;
let named = false;
let spoken = 0;

async function capabilities() {
  try {
    const found = await read("v1/capabilities");
    ({ directions } = found);
    options.offer(found);
    $("problem").hidden = true;
    offer();
  } catch (error) {
    complain(error);
  }
}

/** The directions that fit the file, and the options that the chosen one has. */
function offer(wanted = $("to").value) {
  const fits = targetsOf($("name").value, directions);
  $("to").replaceChildren(...fits.map((one) => el("option", { value: one.to, disabled: !one.available, title: one.reason ?? null }, `${TARGETS[one.to] ?? one.to}${one.available ? "" : " (not here)"}`)));
  const can = fits.filter((one) => one.available);
  $("to").value = (can.find((one) => one.to === wanted) ?? can[0])?.to ?? "";
  $("translate").disabled = $("to").value === "";
  options.direction($("to").value);
}

/** A text from outside: a file, an example, or what was pasted under no name. */
function load(name, text, to) {
  leave();
  named = true;
  $("name").value = name;
  source.show(text, name);
  offer(to);
  $("source-note").textContent = "";
}

/** Forget the job on display, but keep the source. */
function leave() {
  job?.close();
  job = null;
  submitted = null;
  bench.clear();
  $("problem").hidden = true;
  busy(false);
  for (const id of ["copy", "download"]) $(id).disabled = true;
  $("state").textContent = "";
  $("target-note").textContent = "";
  $("outputs").hidden = true;
  $("tab-files").hidden = true;
  if (location.hash.startsWith("#/jobs/")) history.replaceState(null, "", "#/");
}

async function translate() {
  const to = $("to").value;
  if ($("translate").disabled) return;
  const body = { to, files: [{ name: $("name").value || "input.s", source: source.text }], companions: options.companions(), options: options.values(to) };
  leave();
  busy(true);
  try {
    const made = await send("v1/jobs", body);
    history.pushState(null, "", `#/jobs/${made.id}`);
    await follow(made.id);
  } catch (error) {
    busy(false);
    complain(error);
  }
}

async function follow(id, block = "") {
  job?.close();
  const own = new Job(id, hooks(block));
  job = own;
  try {
    await own.run(block ? Number(block.split(".")[0]) : null);
    if (own.ended && !own.finished) ended(own.job, block);
  } catch (error) {
    if (own === job && own.open) complain(error);
  }
  if (own === job) busy(false);
}

function hooks(block) {
  return {
    job: showJob,
    files: showFiles,
    file: showFile,
    blocks: (items) => bench.put(items),
    progress: ({ done, total }) => progress(done, total),
    end: (one) => ended(one, block),
    failed: complain,
  };
}

function showJob(one) {
  $("state").textContent = one.files?.total > 1 ? `${one.state}: ${one.files.total - one.files.queued - one.files.running} of ${one.files.total} files` : one.state;
  const running = one.state === "queued" || one.state === "running";
  busy(running);
  $("copy").disabled = false;
  if (one.state === "running" && spoken === 0) speak("Translating.");
}

function showFile(file) {
  const { to, options: set } = job.job;
  bench.open(file, to);
  submitted = file.source;
  named = true;
  $("name").value = file.name;
  if (source.text !== file.source) source.show(file.source, file.name);
  offer(to);
  options.restore(set ?? {});
  source.annotate(file.diagnostics ?? []);
  edited();
  $("target-note").textContent = noteOf(file, to);
  showMessages(file.diagnostics ?? []);
  showOutputs(file);
  bench.draw();
}

function noteOf(file, to) {
  const name = TARGETS[to] ?? to;
  return file.state === "done" && !file.text ? `${name}: the blocks alone; there is no output, because not all meet the requirement` : name;
}

function ended(one, block) {
  bench.draw();
  bench.settle(block, one.options?.require ?? "tested");
  progress(1, 1);
  $("progress").hidden = true;
  const words = WORDS.filter((word) => one.verdicts[word]).map((word) => `${one.verdicts[word]} ${word}`);
  const said = `${one.state}: ${words.join(", ") || "no blocks"}`;
  $("state").textContent = said;
  document.title = `${$("name").value} to ${TARGETS[one.to] ?? one.to}: ${said}`;
  downloads(one);
  speak(`Job ${said}.`);
}

function progress(done, total) {
  $("progress").hidden = total === 0;
  $("progress").max = total || 1;
  $("progress").value = done;
  $("state").textContent = `${done} of ${total} blocks`;
  if (done < total && Date.now() - spoken > SPEAK_MS) speak(`${done} of ${total} blocks done.`);
}

function speak(text) {
  spoken = Date.now();
  $("live").textContent = text;
}

function busy(running) {
  $("cancel").hidden = !running;
  $("translate").disabled = running || $("to").value === "";
  if (!running) $("progress").hidden = true;
  if (!running) spoken = 0;
}

function edited() {
  const changed = submitted !== null && source.text !== submitted;
  $("source-note").textContent = changed ? "edited since: the result is that of the text before" : "";
  if (changed) source.place([]);
}

function showFiles(files) {
  $("tab-files").hidden = files.length < 2;
  const list = el("ul", { class: "files", "aria-label": "Files" }, ...files.map(fileRow));
  rove(list, "button");
  stop(list, "button", list.querySelector('[aria-current="true"]') ?? list.querySelector("button"));
  $("view-files").replaceChildren(list);
}

function fileRow(file) {
  const words = WORDS.filter((word) => file.verdicts?.[word]).flatMap((word) => [mark(word), `${file.verdicts[word]} `]);
  const look = () => {
    history.pushState(null, "", `#/jobs/${job.id}/${file.number}.0`);
    job.look(file.number).then(() => bench.settle("", job.job.options?.require ?? "tested")).catch(complain);
  };
  return el("li", {}, el("button", { type: "button", tabindex: "-1", "aria-current": job.number === file.number ? "true" : null, on: { click: look } }, el("code", {}, file.name), ` ${file.state} `, ...words));
}

function showOutputs(file) {
  const outputs = file.outputs ?? [];
  $("outputs").hidden = outputs.length < 2;
  $("outputs").replaceChildren(...outputs.map((path) => el("option", { value: path }, path)));
}

/** The first output is linked to the blocks; another is only shown. */
async function showOutput(path) {
  if (path === $("outputs").options[0].value) {
    bench.draw();
    return;
  }
  try {
    target.show(await (await ask(outputPath(path))).text(), path);
  } catch (error) {
    complain(error);
  }
}

function outputPath(path) {
  return `${job.base}/outputs/${path.split("/").map(encodeURIComponent).join("/")}`;
}

function downloads(one) {
  const outputs = [...$("outputs").options].map((option) => option.value);
  const rows = [
    ...outputs.map((path) => [outputPath(path), path.split("/").at(-1), path]),
    [`${job.base}/result.tar.gz`, `${one.id}.tar.gz`, "all files (tar.gz)"],
    [`${job.base}/report.html`, `${one.id}.html`, "report (HTML)"],
    [`${job.base}/report.json`, `${one.id}.json`, "report (JSON)"],
  ];
  $("download").replaceChildren(el("option", { value: "" }, "Download"), ...rows.map(([path, name, label]) => el("option", { value: path, "data-name": name }, label)));
  $("download").disabled = false;
}

/** Messages about the input, each a way to its line. */
function showMessages(places, title = "") {
  const rows = places.map((one) => {
    const text = [one.line ? `${one.line}:${one.column}: ` : "", `${one.severity ?? "error"}: ${one.message}`, one.hint ? ` (${one.hint})` : ""].join("");
    return el("li", { class: one.severity ?? "error" }, one.line ? el("button", { type: "button", on: { click: () => source.goTo(one.line, one.column) } }, text) : text);
  });
  $("problem").hidden = rows.length === 0 && title === "";
  $("problem").replaceChildren(title && el("p", {}, title), rows.length > 0 ? el("ul", { class: "diagnostics" }, ...rows) : "");
}

function complain(error) {
  if (error.name === "AbortError") return;
  if (!(error instanceof Refusal)) console.error(error);
  const places = error.places ?? [];
  source.annotate(places);
  showMessages(places, error.message);
  if (error.status === 401) $("problem").append(keyForm());
}

function keyForm() {
  const input = el("input", { type: "password", autocomplete: "off", id: "api-key" });
  const use = (event) => {
    event.preventDefault();
    useKey(input.value);
    capabilities().then(route);
  };
  return el("form", { on: { submit: use } }, el("label", {}, "API key ", input), el("button", { type: "submit" }, "Use"));
}

/** `#/jobs/{id}` or `#/jobs/{id}/{block}`. */
function route() {
  const found = /^#\/jobs\/([\w-]+)(?:\/(\d+\.\d+))?$/.exec(location.hash);
  if (!found) return;
  if (job?.id !== found[1]) follow(found[1], found[2] ?? "");
  else if (found[2]) linking.choose(found[2]);
}

async function example(index) {
  const [name, to] = EXAMPLES[index];
  try {
    const response = await fetch(`web/examples/${name}`);
    load(name, await response.text(), to);
    source.editor.focus();
  } catch (error) {
    complain(error);
  }
}

async function openFile(file) {
  load(file.name, await file.text());
  source.editor.focus();
}

const KEYS = [
  { keys: "Mod+Enter", label: "Ctrl Enter", what: "translate", run: () => translate() },
  { keys: "Alt+1", label: "Alt 1", what: "go to the source", run: () => source.editor.focus() },
  { keys: "Alt+2", label: "Alt 2", what: "go to the target", run: () => target.editor.focus() },
  { keys: "Alt+3", label: "Alt 3", what: "go to the list of blocks", run: () => focusView("tab-list", ".row[tabindex='0']") },
  { keys: "Alt+4", label: "Alt 4", what: "go to the control-flow graph", run: () => focusView("tab-graph", ".node[tabindex='0']") },
  { keys: "Alt+5", label: "Alt 5", what: "go to the chosen block's panel", run: () => $("about").focus() },
  { keys: "Alt+n", label: "Alt N", what: "next block", run: () => bench.step(1) },
  { keys: "Alt+p", label: "Alt P", what: "previous block", run: () => bench.step(-1) },
  { keys: "Alt+u", label: "Alt U", what: "next block that is not proved", run: () => bench.step(1, true) },
  { keys: "Alt+o", label: "Alt O", what: "open a file", run: () => $("file").click() },
  { keys: "?", label: "?", what: "this list (outside the editors)", run: () => help() },
  { label: "↑ ↓ Home End", what: "move in the list; in the graph ↓ and ↑ follow the edges, ← and → go through all blocks" },
  { label: "Enter", what: "in the list and the graph: choose the block; on an editor: type in it" },
  { label: "Esc", what: "leave an editor, so that Tab goes on; close this list" },
];
const help = helpDialog($("help"), KEYS);

function focusView(tab, selector) {
  showTab(tab);
  $($(tab).getAttribute("aria-controls")).querySelector(selector)?.focus();
}

function wire() {
  themeSwitch($("theme"));
  shortcuts(KEYS);
  dropping($("drop"), openFile);
  $("ask").addEventListener("submit", (event) => (event.preventDefault(), translate()));
  $("cancel").addEventListener("click", () => job?.cancel().catch(complain));
  $("name").addEventListener("input", () => ((named = true), rename()));
  $("to").addEventListener("change", () => options.direction($("to").value));
  $("examples").append(...EXAMPLES.map(([, , label], index) => el("option", { value: index }, label)));
  $("examples").addEventListener("change", ({ target: menu }) => menu.value !== "" && example(Number(menu.value)).then(() => (menu.value = "")));
  $("open").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => $("file").files[0] && openFile($("file").files[0]).then(() => ($("file").value = "")));
  $("options-switch").addEventListener("click", () => {
    $("options").hidden = !$("options").hidden;
    $("options-switch").setAttribute("aria-expanded", String(!$("options").hidden));
  });
  $("outputs").addEventListener("change", () => showOutput($("outputs").value));
  $("download").addEventListener("change", ({ target: menu }) => {
    const chosen = menu.selectedOptions[0];
    menu.selectedIndex = 0;
    if (chosen.value) save(chosen.value, chosen.dataset.name).catch(complain);
  });
  $("copy").addEventListener("click", () => navigator.clipboard.writeText(location.href).then(() => speak("Link copied."), complain));
  $("help-switch").addEventListener("click", help);
  linking.add({ choose: (key) => /^\d/.test(key ?? "") && job && history.replaceState(null, "", `#/jobs/${job.id}/${key}`) });
  source.editor.on("change", typed);
  addEventListener("hashchange", route);
  addEventListener("popstate", route);
}

function rename() {
  source.editor.session.setMode(modeOf($("name").value));
  offer();
}

/** Text under no name gets one by what it looks like. */
function typed() {
  edited();
  if (named || source.text === "") return;
  const guess = byContent(source.text);
  if (!guess || byName($("name").value) === guess.language) return;
  $("name").value = guess.name;
  rename();
}

wire();
$("name").value = "input.s";
rename();
await capabilities();
route();
