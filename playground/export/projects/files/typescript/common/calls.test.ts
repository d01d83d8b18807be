/** What goes wrong with a call, and what becomes of it: `npm test` with the simulation running. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { OnText } from "./answer.js";
import { ask } from "./calling.js";
import { Broken, OverLimit, Refused } from "./errors.js";
import { request } from "./settings.js";
import { begin, KEY, log, name, project, settings, unseen, waiting } from "./simulation.js";

/** The request with a fault, which the first wait ends where it is `mended`. */
function asked(fault: string, { mended = false, onText }: { mended?: boolean; onText?: OnText } = {}) {
  const body = name(unseen(request()), project.model + fault);
  const pause = waiting.pause;
  waiting.pause = async (milliseconds) => {
    if (mended) name(body, project.model);
    await pause(milliseconds);
  };
  return ask(body, onText);
}

test("a rate limit is waited for as long as the provider asks", async (t) => {
  const waited = begin(t);
  await asked("~429", { mended: true });
  assert.deepEqual(waited, [2000]);
  assert.deepEqual(log().map((line) => line.status), [429, 200]);
});

test("a rate limit that lasts ends in a sentence", async (t) => {
  begin(t);
  await assert.rejects(asked("~429"), (error: Error) => {
    return error instanceof Refused && error.message.includes("Try again later");
  });
  assert.equal(log().length, settings.tries);
});

test("a wrong key is said at once and not tried again", async (t) => {
  const waited = begin(t);
  await assert.rejects(asked("~401"), (error: Error) => error instanceof Refused && error.wrongKey);
  assert.deepEqual(waited, []);
  assert.equal(log().length, 1);
});

test("a stream that was cut is asked again", { skip: !project.stream }, async (t) => {
  begin(t);
  await asked("~cut", { mended: true });
  assert.deepEqual(log().map((line) => line.ended === "broken"), [true, false]);
});

test("what was shown of a cut stream is not shown twice", { skip: !project.stream }, async (t) => {
  const waited = begin(t);
  const shown: string[] = [];
  try {
    await asked("~cut", { mended: true, onText: (piece) => void shown.push(piece) });
    assert.equal(log().length, 2); // it was cut before the first word
  } catch (error) {
    assert.ok(error instanceof Broken);
    assert.ok(shown.length);
    assert.deepEqual(waited, []);
  }
});

const unpriced = project.spending_limit_usd === "none";
test("over the spending limit nothing is sent", { skip: unpriced }, async (t) => {
  begin(t);
  const limit = settings.spendingLimit;
  t.after(() => void (settings.spendingLimit = limit));
  settings.spendingLimit = "0";
  await assert.rejects(asked(""), OverLimit);
  assert.deepEqual(log(), []);
});

test("the log has figures and no secret", async (t) => {
  begin(t);
  await asked("");
  const [line] = log();
  assert.ok(line.input_tokens > 0);
  assert.ok(line.output_tokens > 0);
  assert.ok(!readFileSync(settings.log, "utf8").includes(KEY));
});
