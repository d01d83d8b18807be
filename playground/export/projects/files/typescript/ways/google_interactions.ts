/** The request through Google's SDK: Interactions. */

import { GoogleGenAI } from "@google/genai";

import { Broken, Refused } from "./errors.js";
import { type Json, key, project, settings } from "./settings.js";

/** A client; its own retries are off, calling.ts has them. */
export function client(): GoogleGenAI {
  return new GoogleGenAI({
    apiKey: key(),
    httpOptions: {
      baseUrl: settings.baseUrl,
      apiVersion: project.api_version,
      timeout: settings.timeout,
      retryOptions: { attempts: 1 },
    },
  });
}

/** The answer's events as they come; a body that does not stream is one event. */
export async function* send(body: Json): AsyncGenerator<Json> {
  try {
    const answer: unknown = await client().interactions.create(body as any, { maxRetries: 0 });
    if (body.stream) yield* answer as AsyncIterable<Json>;
    else yield answer as Json;
  } catch (error) {
    const { status, headers, error: told } = error as Json;
    if (status >= 400) throw new Refused(status, new Headers(headers), JSON.stringify(told));
    throw new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
  }
}
