/** The program on the simulation. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { schema } from "./door.js";
import { answer, checked, NotByTheSchema } from "./main.js";
import { request } from "./settings.js";
import { begin } from "./simulation.js";

test("the answer holds to the schema", async (t) => {
  begin(t);
  assert.notEqual(await answer(), null);
});

test("other JSON and no JSON are not taken", () => {
  const usage = { input: null, cached: 0, written: 0, output: null };
  for (const text of ["[[[]]]", "Sorry, I can't."]) {
    const found = { text, finish: "completed", usage, turn: [], calls: [] };
    assert.throws(() => checked(found, schema(request())), NotByTheSchema);
  }
});
