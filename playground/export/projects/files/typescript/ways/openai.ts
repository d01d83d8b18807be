/** The request through OpenAI's SDK. */

import OpenAI from "openai";

import { Broken, Refused } from "./errors.js";
import { type Json, key, project, settings } from "./settings.js";

let made: OpenAI | undefined;

/** One client for all calls: its own retries are off, calling.ts has them. */
export function client(): OpenAI {
  made ??= new OpenAI({
    apiKey: key(),
    baseURL: settings.baseUrl,
    timeout: settings.timeout,
    maxRetries: 0,
  });
  return made;
}

/** The answer's events as they come; a body that does not stream is one event. */
export async function* send(body: Json): AsyncGenerator<Json> {
  const { responses, chat } = client();
  try {
    const answer: unknown =
      project.method === "responses.create"
        ? await responses.create(body as any)
        : await chat.completions.create(body as any);
    if (body.stream) yield* answer as AsyncIterable<Json>;
    else yield answer as Json;
  } catch (error) {
    if (error instanceof OpenAI.APIError && error.status) {
      throw new Refused(error.status, error.headers ?? new Headers(), JSON.stringify(error.error));
    }
    throw new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
  }
}
