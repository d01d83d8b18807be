/** Sends the request, and takes the answer only if it is JSON that holds to the schema. */

import { pathToFileURL } from "node:url";

import { Ajv2020 } from "ajv/dist/2020.js";

import type { Answer } from "./answer.js";
import { ask } from "./calling.js";
import { schema } from "./door.js";
import { Problem, run } from "./errors.js";
import { request } from "./settings.js";

/** The answer is no JSON, or other JSON than was asked for: refused, cut short, or wrong. */
export class NotByTheSchema extends Problem {}

/** The answer's JSON value, checked; NotByTheSchema says what is wrong with it. */
export async function answer(): Promise<unknown> {
  const body = request();
  return checked(await ask(body), schema(body));
}

export function checked(found: Answer, by: object): unknown {
  let value: unknown;
  try {
    value = JSON.parse(found.text);
  } catch (error) {
    throw new NotByTheSchema(`No JSON came (it ended so: ${found.finish}): ${(error as Error).message}`);
  }
  const holds = new Ajv2020({ strict: false, validateFormats: false }).compile(by);
  if (!holds(value)) {
    const wrong = holds.errors?.[0];
    throw new NotByTheSchema(`$${wrong?.instancePath ?? ""}: ${wrong?.message ?? "not by the schema"}`);
  }
  return value;
}

async function main(): Promise<number> {
  console.log(JSON.stringify(await answer(), null, 2));
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run(main);
