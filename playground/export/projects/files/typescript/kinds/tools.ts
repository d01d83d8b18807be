/** Sends the request, runs the functions that the model calls, and goes on until it has answered. */

import { pathToFileURL } from "node:url";

import type { Answer, Call } from "./answer.js";
import { ask } from "./calling.js";
import { following } from "./door.js";
import { run } from "./errors.js";
import { functions } from "./functions.js";
import { request } from "./settings.js";

/** How often functions may run: a model that never stops calling would never stop costing. */
const MOST_ROUNDS = 8;

/** The answer after all calls; the last one that called where the rounds were used up. */
export async function answer(): Promise<Answer> {
  let body = request();
  let found = await ask(body);
  for (let round = 0; round < MOST_ROUNDS && found.calls.length; round++) {
    const results: [Call, string][] = [];
    for (const call of found.calls) results.push([call, await perform(call)]);
    body = following(body, found, { results });
    found = await ask(body);
  }
  return found;
}

/** What a function gives, as text for the model; a mistake is told to it, so that it can try otherwise. */
export async function perform(call: Call): Promise<string> {
  console.error(`${call.name}(${JSON.stringify(call.arguments)})`);
  const known = Object.hasOwn(functions, call.name);
  if (!known) return `error: there is no function ${call.name}`;
  if (call.arguments === null) return "error: the arguments are no JSON";
  try {
    const given = await functions[call.name](call.arguments);
    return typeof given === "string" ? given : JSON.stringify(given);
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}

async function main(): Promise<number> {
  const found = await answer();
  console.log(found.text);
  console.error(`It ended so: ${found.finish}.`);
  return found.calls.length ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run(main);
