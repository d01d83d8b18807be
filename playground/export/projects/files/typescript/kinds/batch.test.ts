/** The program on the simulation. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { tried } from "./calling.js";
import { Broken, Problem, Refused } from "./errors.js";
import { files, lines, results, status, submit } from "./main.js";
import { begin, KEY, project } from "./simulation.js";

/** Begin a test with a folder of its own for what the program keeps. */
function alone(t: { after(done: () => void): void }): number[] {
  const folder = mkdtempSync(join(tmpdir(), "batch-"));
  t.after(() => rmSync(folder, { recursive: true }));
  files.kept = join(folder, "batch.json");
  files.results = join(folder, "results.jsonl");
  return begin(t);
}

test("every line is answered under its name", async (t) => {
  alone(t);
  await submit();
  while (!(await status()).over) await sleep(300);
  const found = await results();
  assert.deepEqual(found.map((one) => one.id), lines().map((line) => line.id));
  assert.ok(found.every((one) => one.text && one.error === null));
  await assert.rejects(submit(), Problem);
});

test("a wrong key submits nothing", async (t) => {
  alone(t);
  t.after(() => void (process.env[project.key_variable] = KEY));
  process.env[project.key_variable] = "a-wrong-key";
  await assert.rejects(submit(), (error: Error) => error instanceof Refused && error.wrongKey);
  assert.ok(!existsSync(files.kept));
});

test("a rate limit is waited for and a broken connection makes no second batch", async (t) => {
  const waited = alone(t);
  const ends = [new Refused(429, new Headers({ "retry-after": "7" }), "{}"), new Broken("It broke off.")];
  await assert.rejects(tried(async () => { throw ends.shift(); }), Broken);
  assert.deepEqual(waited, [7000]);
});
