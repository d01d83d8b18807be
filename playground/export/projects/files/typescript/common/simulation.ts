/**
 * What the tests share: they ask the simulation only, never the provider.
 *
 * Start it with `playground demo --port 8600`; DEMO_URL says where it is, if not there.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Json } from "./settings.js";

export const KEY = "a-key-that-must-not-be-seen";
const { project, settings } = await import("./settings.js");
const { waiting } = await import("./calling.js");
export { project, settings, waiting };

settings.baseUrl = (process.env.DEMO_URL || "http://127.0.0.1:8600") + project.demo_path;
process.env[project.key_variable ?? "NO_KEY"] = KEY;
settings.spendingLimit = project.spending_limit_usd === "none" ? "none" : "100000";

/** Begin a test: a log of its own, no real waiting; what it gives are the waits in milliseconds. */
export function begin(t: { after(done: () => void): void }): number[] {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  t.after(() => rmSync(folder, { recursive: true }));
  settings.log = join(folder, "calls.jsonl");
  settings.model = project.model;
  const waited: number[] = [];
  waiting.pause = async (milliseconds) => void waited.push(milliseconds);
  return waited;
}

/** The lines of the log. */
export function log(): Json[] {
  if (!existsSync(settings.log)) return [];
  return readFileSync(settings.log, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** The request to another model: on the simulation, `~429` and others after a name make it fail that way. */
export function name(body: Json, model: string): Json {
  settings.model = model;
  if ("model" in body) body.model = model;
  return body;
}

/** The request with a word of its own at its end: the simulation remembers whom it has told to wait. */
export function unseen(body: Json): Json {
  const turn = (body.input ?? body.messages ?? body.contents).at(-1);
  const place = "parts" in turn ? "parts" : "content";
  const word = ` (${crypto.randomUUID()})`;
  if (typeof turn[place] === "string") turn[place] += word;
  else turn[place].findLast((part: Json) => "text" in part).text += word;
  return body;
}
