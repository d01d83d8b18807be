/** The request through Google's SDK: generateContent. */

import { ApiError, GoogleGenAI } from "@google/genai";

import { Broken, Problem, Refused } from "./errors.js";
import { type Json, key, project, settings } from "./settings.js";

/** A client; its own retries are off, calling.ts has them. */
export function client(apiVersion: string = project.api_version): GoogleGenAI {
  return new GoogleGenAI({
    apiKey: key(),
    httpOptions: {
      baseUrl: settings.baseUrl,
      apiVersion,
      timeout: settings.timeout,
      retryOptions: { attempts: 1 },
    },
  });
}

/** The answer's chunks as they come; a body that does not stream is one chunk. */
export async function* send(body: Json): AsyncGenerator<Json> {
  const { models } = client();
  try {
    if (project.stream) yield* await models.generateContentStream(parameters(body) as any);
    else yield await models.generateContent(parameters(body) as any);
  } catch (error) {
    throw mapped(error);
  }
}

/** The SDK's errors as ours. */
export function mapped(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof ApiError && error.status >= 400) {
    return new Refused(error.status, new Headers(), error.message);
  }
  return new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
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
