/** The program on the simulation. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { given } from "./answer.js";
import { functions } from "./functions.js";
import { answer, perform } from "./main.js";
import { begin, log } from "./simulation.js";

test("functions run until the model has answered", async (t) => {
  begin(t);
  const found = await answer();
  assert.deepEqual(found.calls, []);
  assert.ok(found.text);
  assert.ok(log().length > 1);
});

test("a function that is not there is told to the model", async () => {
  assert.match(await perform({ id: "1", name: "no_such_function", arguments: {} }), /error/);
});

test("arguments that were cut off are told to the model", async () => {
  const [name] = Object.keys(functions);
  assert.match(await perform({ id: "1", name, arguments: given('{"city": "Lis') }), /no JSON/);
});
