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
  return { asm: "ace/mode/gas", cobol: "ace/mode/cobol" }[byName(name)] ?? "ace/mode/text";
}

/** GNU assembler syntax of all three instruction sets. */
export function defineAssembly(ace) {
  ace.define("ace/mode/gas", ["require", "exports", "module", "ace/lib/oop", "ace/mode/text", "ace/mode/text_highlight_rules"], (require, exports) => {
    const oop = require("ace/lib/oop");
    const Text = require("ace/mode/text").Mode;
    const Rules = require("ace/mode/text_highlight_rules").TextHighlightRules;
    function Highlight() {
      this.$rules = {
        start: [
          { token: "comment", regex: /(?:^\s*#|#\s|\/\/).*$/ },
          { token: "comment", regex: /\/\*/, next: "comment" },
          { token: "string", regex: /"(?:\\.|[^"\\])*"/ },
          { token: "entity.name.function", regex: /^\s*[\w.$]+:/ },
          { token: "keyword", regex: /^\s*\.\w+/ },
          { token: ["text", "support.function"], regex: /^(\s+)([a-z][\w.]*)/ },
          { token: "variable", regex: /%\w+/ },
          { token: "constant.numeric", regex: /[$#]?-?\b(?:0x[0-9a-fA-F]+|\d+)\b/ },
        ],
        comment: [{ token: "comment", regex: /\*\//, next: "start" }, { defaultToken: "comment" }],
      };
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
