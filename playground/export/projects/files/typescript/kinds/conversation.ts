/** Goes on with the conversation: each line that you type is a turn, and every turn sends all before it again. */

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import type { Answer } from "./answer.js";
import { ask } from "./calling.js";
import { following } from "./door.js";
import { run } from "./errors.js";
import { request } from "./settings.js";

/** The answer to what request.json ends with, then one to each line. */
export async function* talk(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Answer> {
  const show = (piece: string) => void process.stdout.write(piece);
  let body = request();
  let found = await ask(body, show);
  yield found;
  for await (const text of lines) {
    body = following(body, found, { text });
    found = await ask(body, show);
    yield found;
  }
}

/** What is typed, until the end of input; empty lines are left out. */
async function* typed(): AsyncGenerator<string> {
  process.stdout.write("\n> ");
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim()) yield line.trim();
    process.stdout.write("\n> ");
  }
}

async function main(): Promise<number> {
  for await (const found of talk(typed())) {
    console.error(`\n[${found.usage.input ?? "?"} tokens sent, it ended so: ${found.finish}]`);
  }
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run(main);
