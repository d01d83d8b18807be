/** The request through Anthropic's SDK. */

import Anthropic from "@anthropic-ai/sdk";

import { Broken, Refused } from "./errors.js";
import { type Json, key, settings } from "./settings.js";

let made: Anthropic | undefined;

/** One client for all calls: its own retries are off, calling.ts has them. */
export function client(): Anthropic {
  made ??= new Anthropic({
    apiKey: key(),
    baseURL: settings.baseUrl,
    timeout: settings.timeout,
    maxRetries: 0,
  });
  return made;
}

/** The answer's events as they come; a body that does not stream is one event. */
export async function* send(body: Json): AsyncGenerator<Json> {
  try {
    const answer: unknown = await client().messages.create(body as any);
    if (body.stream) yield* answer as AsyncIterable<Json>;
    else yield answer as Json;
  } catch (error) {
    if (error instanceof Anthropic.APIError && error.status && error.status >= 400) {
      throw new Refused(error.status, error.headers ?? new Headers(), JSON.stringify(error.error));
    }
    throw new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
  }
}
