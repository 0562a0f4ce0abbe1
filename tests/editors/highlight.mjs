// Writes the sample as highlight.js colours it to $OUT, and fails on a program that it takes for broken.

import { readFileSync, writeFileSync } from "node:fs";
import hljs from "highlight.js/lib/core";
import vpc from "../../editors/web/highlight.js";

hljs.registerLanguage("vpc", vpc);
const { value, illegal } = hljs.highlight(readFileSync(process.env.FILE, "utf8"), { language: "vpc" });
if (illegal) {
  throw new Error(`highlight.js cannot read ${process.env.FILE}`);
}
writeFileSync(process.env.OUT, value);
