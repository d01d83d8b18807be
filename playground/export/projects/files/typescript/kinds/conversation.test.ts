/** The program on the simulation. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { talk } from "./main.js";
import { begin, log } from "./simulation.js";

test("every turn sends all before it again", async (t) => {
  begin(t);
  for await (const found of talk(["And why is that so?", "In one word?"])) assert.ok(found.text);
  const given = log().map((line) => line.input_tokens);
  assert.equal(given.length, 3);
  assert.ok(given[0] < given[1] && given[1] < given[2]);
});
