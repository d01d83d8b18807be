/** Where the model is asked, with which key, and what may be spent: project.json, then .env, then the environment. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Problem } from "./errors.js";

export type Json = Record<string, any>;

const file = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const read = (name: string): Json => JSON.parse(readFileSync(file(name), "utf8"));

try {
  process.loadEnvFile(file(".env")); // what is set in the environment already stays
} catch {
  // there is none
}

export const project = read("project.json");
const env = process.env;

export const settings = {
  model: project.model as string,
  baseUrl: env[project.base_url_variable] || (project.base_url as string),
  /** Milliseconds without an answer after which a call is given up. */
  timeout: Number(env.TIMEOUT_SECONDS || 120) * 1000,
  /** How often a call is made at most. */
  tries: Number(env.TRIES || 4),
  /** Milliseconds: a provider that asks to wait longer is not waited for. */
  longestWait: 120_000,
  /** USD a day (UTC); `none` = no limit. */
  spendingLimit: env.SPENDING_LIMIT_USD || (project.spending_limit_usd as string),
  log: env.CALLS_LOG || file("calls.jsonl"),
};

/** The API key. It is read here and goes into a header; it is never printed, logged or put into a URL. */
export function key(): string {
  const variable: string | null = project.key_variable;
  if (variable === null) return "none";
  const found = env[variable];
  if (!found) throw new Problem(`No key: put it into .env as ${variable}=… (see .env.example).`);
  return found;
}

/** The request's body, as it stands in request.json. */
export const request = (): Json => read("request.json");

/** A file beside this one. */
export const beside = file;
