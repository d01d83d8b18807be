/** The request through Anthropic's SDK. */

import Anthropic from "@anthropic-ai/sdk";

import { Broken, Problem, Refused } from "./errors.js";
import { type Json, key, settings } from "./settings.js";

/** A client; its own retries are off, calling.ts has them. */
export function client(): Anthropic {
  return new Anthropic({
    apiKey: key(),
    baseURL: settings.baseUrl,
    timeout: settings.timeout,
    maxRetries: 0,
  });
}

/** The answer's events as they come; a body that does not stream is one event. */
export async function* send(body: Json): AsyncGenerator<Json> {
  try {
    const answer: unknown = await client().messages.create(body as any);
    if (body.stream) yield* answer as AsyncIterable<Json>;
    else yield answer as Json;
  } catch (error) {
    throw mapped(error);
  }
}

/** The SDK's errors as ours. */
export function mapped(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof Anthropic.APIError && error.status && error.status >= 400) {
    return new Refused(error.status, error.headers ?? new Headers(), JSON.stringify(error.error));
  }
  return new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
}
