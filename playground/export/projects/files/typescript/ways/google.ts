/** The request through Google's SDK: generateContent. */

import { ApiError, GoogleGenAI } from "@google/genai";

import { Broken, Refused } from "./errors.js";
import { type Json, key, project, settings } from "./settings.js";

let made: GoogleGenAI | undefined;

/** One client for all calls: its own retries are off, calling.ts has them. */
export function client(): GoogleGenAI {
  made ??= new GoogleGenAI({
    apiKey: key(),
    httpOptions: {
      baseUrl: settings.baseUrl,
      apiVersion: project.api_version,
      timeout: settings.timeout,
      retryOptions: { attempts: 1 },
    },
  });
  return made;
}

/** The answer's chunks as they come; a body that does not stream is one chunk. */
export async function* send(body: Json): AsyncGenerator<Json> {
  const { models } = client();
  try {
    if (project.stream) yield* await models.generateContentStream(parameters(body) as any);
    else yield await models.generateContent(parameters(body) as any);
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400) {
      throw new Refused(error.status, new Headers(), error.message);
    }
    throw new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
  }
}

/** The body in the three parameters of the SDK. */
export function parameters(body: Json): Json {
  const { contents, generationConfig, ...rest } = body;
  const extra = Object.fromEntries(project.extra.filter((n: string) => n in rest).map((n: string) => [n, rest[n]]));
  for (const name of Object.keys(extra)) delete rest[name];
  const config = { ...generationConfig, ...rest };
  if (Object.keys(extra).length) config.httpOptions = { extraBody: extra };
  return { model: settings.model, contents, config };
}
