/** Sends all lines as one batch: `try` asks the first line alone, then `submit`, `status` and, when it is done, `results`. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import type { Answer, Line, State } from "./answer.js";
import * as batch from "./batch.js";
import { ask, tried } from "./calling.js";
import { read } from "./door.js";
import { Problem, run } from "./errors.js";
import { beside, type Json, request, settings } from "./settings.js";
import { check, cost, note, worstCase } from "./spending.js";

/** The batch's id is kept, so that another day can fetch it. */
export const files = { kept: beside("batch.json"), results: beside("results.jsonl") };

/** The lines: each with an id and the body of its request. */
export const lines = (): Json[] =>
  readFileSync(beside("lines.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** The first line as a call of its own, to see whether it is what you want; it costs twice a line's price. */
export const attempt = (): Promise<Answer> => ask(request());

/** Submit the lines and keep the batch's id; on the day it counts with the most that it may cost. */
export async function submit(): Promise<string> {
  if (existsSync(files.kept)) throw new Problem("There is a batch already: fetch it, or delete batch.json.");
  const todo = lines();
  const costs = todo.map((line) => worstCase(line.body));
  const worst = costs.reduce((sum, usd) => (sum === null || usd === null ? null : sum + usd), 0);
  check(worst);
  const id = await tried(() => batch.submit(todo));
  writeFileSync(files.kept, `${JSON.stringify({ id })}\n`);
  const usd = worst === null ? null : String(worst);
  note({ model: settings.model, ended: "submitted", lines: todo.length, usd });
  return id;
}

/** How far it is. */
export async function status(): Promise<State> {
  if (!existsSync(files.kept)) throw new Problem("There is no batch yet: submit it first.");
  const { id } = JSON.parse(readFileSync(files.kept, "utf8"));
  return tried(() => batch.look(id));
}

/** Every line's answer or error, written into results.jsonl too. */
export async function results(): Promise<Json[]> {
  const state = await status();
  if (!state.over) throw new Problem(`It is not done: ${state.word}. Come again later, it may take up to 24 hours.`);
  const found = await Promise.all((await tried(() => batch.results(state))).map(result));
  writeFileSync(files.results, found.map((one) => `${JSON.stringify(one)}\n`).join(""));
  return found;
}

async function result([id, body, error]: Line): Promise<Json> {
  if (body === null) return { id, text: null, finish: null, usd: null, error };
  const { text, finish, usage } = await read(alone(body), () => {});
  const usd = cost(usage, "batch_prices_usd_per_million_tokens");
  return { id, text, finish, usd: usd === null ? null : String(usd), error: null };
}

async function* alone(body: Json): AsyncGenerator<Json> {
  yield body;
}

const commands: Record<string, () => Promise<number>> = {
  try: async () => said((await attempt()).text),
  submit: async () => said(await submit()),
  status: async () => said((await status()).word),
  results: async () => {
    const found = await results();
    const failed = found.filter((one) => one.error !== null).length;
    said(`${found.length - failed} answers and ${failed} errors are in results.jsonl.`);
    return failed ? 1 : 0;
  },
};

function said(text: string): number {
  console.log(text);
  return 0;
}

async function main(): Promise<number> {
  const name = process.argv[2] ?? "";
  if (!Object.hasOwn(commands, name)) throw new Problem(`Say one of: ${Object.keys(commands).join(", ")}.`);
  return commands[name]();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run(main);
