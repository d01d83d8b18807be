/** Sends the request and prints the answer as it comes. */

import { pathToFileURL } from "node:url";

import type { Answer } from "./answer.js";
import { ask } from "./calling.js";
import { run } from "./errors.js";
import { request } from "./settings.js";

/** The whole answer; it has been printed by then. */
export function answer(): Promise<Answer> {
  return ask(request(), (piece) => void process.stdout.write(piece));
}

async function main(): Promise<number> {
  const found = await answer();
  console.log();
  console.error(`It ended so: ${found.finish}.`);
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run(main);
