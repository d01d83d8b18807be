/** The program on the simulation. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { answer } from "./main.js";
import { begin } from "./simulation.js";

test("it prints the answer and says how it ended", async (t) => {
  begin(t);
  const found = await answer();
  assert.ok(found.text || found.calls.length);
  assert.ok(found.finish);
});
