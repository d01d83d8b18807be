/**
 * What the tests share: they ask the simulation only, never the provider.
 *
 * README.md says how to start it; DEMO_URL says where it is, if not on port 8600.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Json } from "./settings.js";

export const KEY = "a-key-that-must-not-be-seen";
const { project, settings } = await import("./settings.js");
const { waiting } = await import("./calling.js");
export { project, settings, waiting };

const demo = process.env.DEMO_URL || "http://127.0.0.1:8600";
if (!(await answers())) {
  console.error(
    `No simulation answers at ${demo}. Start it in another terminal, in the playground's folder: ` +
      ".venv/bin/playground demo --port 8600",
  );
  process.exit(1); // without it no test says anything
}
settings.baseUrl = demo + project.demo_path;
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

/** Whether something listens there. */
function answers(): Promise<boolean> {
  const at = new URL(demo);
  return new Promise((done) => {
    const socket = connect(Number(at.port || 80), at.hostname);
    const end = (answered: boolean) => (socket.destroy(), done(answered));
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
