/** The spending limit: what was spent today by the log, what the next call may cost at most, and what one did cost. */

import { appendFileSync, existsSync, readFileSync } from "node:fs";

import type { Usage } from "./answer.js";
import { OverLimit } from "./errors.js";
import { type Json, project, settings } from "./settings.js";

const OUTPUT_LIMITS = [
  "max_output_tokens",
  "max_completion_tokens",
  "max_tokens",
  "generationConfig.maxOutputTokens",
  "generation_config.max_output_tokens",
];

/** Throw OverLimit where this call might go beyond today's limit. */
export function check(worst: number | null): void {
  if (settings.spendingLimit === "none") return;
  if (worst === null) {
    throw new OverLimit(
      "No price is known: write prices into project.json, or set SPENDING_LIMIT_USD=none.",
    );
  }
  const spent = spentToday();
  if (spent + worst > Number(settings.spendingLimit)) {
    throw new OverLimit(
      `Not sent: $${spent.toFixed(4)} of $${settings.spendingLimit} is spent today, and this call may cost up to $${worst.toFixed(4)}.`,
    );
  }
}

/** USD that one call may cost at most: a token is at least one byte, and the answer ends at its limit. */
export function worstCase(body: Json): number | null {
  const limits = OUTPUT_LIMITS.map((path) => at(body, path));
  const longest = limits.find((limit) => limit !== undefined) ?? project.max_output_tokens ?? 0;
  const size = Buffer.byteLength(JSON.stringify(body));
  return cost({ input: size, cached: 0, written: size, output: longest });
}

/** USD of a call by the prices in project.json; null where a price or the count is not known. */
export function cost(usage: Usage, by = "prices_usd_per_million_tokens"): number | null {
  const rate = project[by];
  if (rate === null || usage.input === null || usage.output === null) return null;
  const fresh = usage.input - usage.cached - usage.written;
  let given = fresh * rate.input + usage.cached * rate.cache_read + usage.written * rate.cache_write;
  let made = usage.output * rate.output;
  const long = rate.long_context;
  if (long && usage.input > long.above) {
    given *= long.input;
    made *= long.output;
  }
  return (given + made) / 1_000_000;
}

/** USD by today's lines of the log. */
export function spentToday(): number {
  if (!existsSync(settings.log)) return 0;
  const today = new Date().toISOString().slice(0, 10);
  return readFileSync(settings.log, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter((line) => line.at.startsWith(today))
    .reduce((sum, line) => sum + Number(line.usd ?? 0), 0);
}

/** Write a line into the log: figures only, never a prompt, an answer, a header or a key. */
export function note(what: Json): void {
  appendFileSync(settings.log, `${JSON.stringify({ at: new Date().toISOString(), ...what })}\n`);
}

function at(body: any, path: string): number | undefined {
  return path.split(".").reduce((value, name) => value?.[name], body);
}
