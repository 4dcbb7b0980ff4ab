// Names, directions and colouring of the languages that the page knows.

export const TARGETS = { riscv: "RISC-V", aarch64: "AArch64", cuda: "CUDA", python: "Python" };

const SUFFIXES = { asm: [".s", ".S", ".asm"], c: [".c", ".cpp", ".cc", ".cxx", ".h"], cobol: [".cob", ".cbl", ".cobol"] };

const LOOKS = [
  ["cobol", /^.{0,7}\s*(identification|id)\s+division\s*\./im, "input.cob"],
  ["asm", /^\s*(\.(text|globl|section|file|type|p2align)\b|[\w.$]+:\s*$|\w+\s+.*%[re][a-ds0-9])/m, "input.s"],
  ["c", /^\s*(#\s*include\b|(static\s+|const\s+|unsigned\s+)*(void|int|float|double|char|long)\b.*[({;])/m, "input.c"],
];

/** The language of a file by its name; "" if the name does not tell. */
export function byName(name) {
  return Object.keys(SUFFIXES).find((language) => SUFFIXES[language].some((suffix) => name.endsWith(suffix))) ?? "";
}

/** The language of a text, and a name for it; null if it looks like none. */
export function byContent(text) {
  const found = LOOKS.find(([, look]) => look.test(text.slice(0, 65536)));
  return found ? { language: found[0], name: found[2] } : null;
}

/** The targets that the server has for `name`, those that it cannot give now last. */
export function targetsOf(name, directions) {
  const fits = directions.filter((one) => one.from.some((suffix) => name.endsWith(suffix)));
  return fits.sort((a, b) => Number(b.available) - Number(a.available));
}

/** Ace's mode for a file. */
export function modeOf(name) {
  if (name.endsWith(".py")) return "ace/mode/python";
  if (/\.(cu|cuh|h|hpp)$/.test(name) || byName(name) === "c") return "ace/mode/c_cpp";
  return { asm: "ace/mode/gas", cobol: "ace/mode/fixed_cobol" }[byName(name)] ?? "ace/mode/text";
}

const ASSEMBLY = [
  { token: "comment", regex: /(?:^\s*#|#\s|\/\/).*$/ },
  { token: "comment", regex: /\/\*/, next: "comment" },
  { token: "string", regex: /"(?:\\.|[^"\\])*"/ },
  { token: "entity.name.function", regex: /^\s*[\w.$]+:/ },
  { token: "keyword", regex: /^\s*\.\w+/ },
  { token: ["text", "support.function"], regex: /^(\s+)([a-z][\w.]*)/ },
  { token: "variable", regex: /%\w+/ },
  { token: "constant.numeric", regex: /[$#]?-?\b(?:0x[0-9a-fA-F]+|\d+)\b/ },
];

const COBOL_WORDS =
  "accept add at binary by call close comp compute comp-3 configuration copy data delete delimited depending display divide division else end end-evaluate end-if end-perform end-read environment evaluate exit fd file from giving go goback identification if in initialize input input-output inspect into is linkage move multiply next not occurs of on open or organization output overflow perform pic picture procedure program program-id read redefines remainder replacing return rewrite rounded run search section select sentence set size sort start stop string subtract tallying than then thru through times to unstring until usage using value values varying when with working-storage write zero zeros zeroes space spaces";

const COBOL = [
  { token: "comment", regex: /^.{6}[*\/].*$|\*>.*$/ },
  { token: "string", regex: /"[^"]*"|'[^']*'/ },
  { token: "constant.numeric", regex: /(?:[+-])?(?<![\w-])\d+(?:\.\d+)?(?![\w-])/ },
  { token: (word) => (WORDS.has(word.toLowerCase()) ? "keyword" : "identifier"), regex: /[A-Za-z0-9][\w-]*/ },
];
const WORDS = new Set(COBOL_WORDS.split(" "));

/** GNU assembler syntax of all three instruction sets, and COBOL. */
export function defineModes(ace) {
  define(ace, "gas", { start: ASSEMBLY, comment: [{ token: "comment", regex: /\*\//, next: "start" }, { defaultToken: "comment" }] });
  define(ace, "fixed_cobol", { start: COBOL });
}

function define(ace, name, rules) {
  ace.define(`ace/mode/${name}`, ["require", "exports", "module", "ace/lib/oop", "ace/mode/text", "ace/mode/text_highlight_rules"], (require, exports) => {
    const oop = require("ace/lib/oop");
    const Text = require("ace/mode/text").Mode;
    const Rules = require("ace/mode/text_highlight_rules").TextHighlightRules;
    function Highlight() {
      this.$rules = copied(rules);
      this.normalizeRules();
    }
    oop.inherits(Highlight, Rules);
    function Mode() {
      Text.call(this);
      this.HighlightRules = Highlight;
    }
    oop.inherits(Mode, Text);
    exports.Mode = Mode;
  });
}

/** Ace writes into the rules that it is given. */
function copied(rules) {
  return Object.fromEntries(Object.entries(rules).map(([state, rows]) => [state, rows.map((row) => ({ ...row }))]));
}
