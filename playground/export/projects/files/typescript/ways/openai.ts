/** The request through OpenAI's SDK. */

import OpenAI from "openai";

import { Broken, Problem, Refused } from "./errors.js";
import { type Json, key, project, settings } from "./settings.js";

/** A client; its own retries are off, calling.ts has them. */
export function client(): OpenAI {
  return new OpenAI({
    apiKey: key(),
    baseURL: settings.baseUrl,
    timeout: settings.timeout,
    maxRetries: 0,
  });
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
    throw mapped(error);
  }
}

/** The SDK's errors as ours. */
export function mapped(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof OpenAI.APIError && error.status) {
    return new Refused(error.status, error.headers ?? new Headers(), JSON.stringify(error.error));
  }
  return new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
}
