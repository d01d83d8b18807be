/** The request over plain HTTP, with nothing but Node's own fetch. */

import { Broken, Problem, Refused } from "./errors.js";
import { type Json, key, project, settings } from "./settings.js";

/** The answer's events as they come; a body that does not stream is one event. */
export async function* send(body: Json): AsyncGenerator<Json> {
  const path = project.path.replace("{model}", encodeURI(settings.model));
  const silence = new AbortController();
  const clock = setTimeout(() => silence.abort(), settings.timeout);
  try {
    const response = await opened("POST", path, JSON.stringify(body), silence.signal);
    if (response.headers.get("content-type")?.includes("event-stream")) {
      for await (const event of events(response)) {
        clock.refresh();
        yield event;
      }
    } else {
      yield (await response.json()) as Json;
    }
  } catch (error) {
    throw mapped(error);
  } finally {
    clearTimeout(clock);
  }
}

/** The response to a call of any address below the base URL; throws Refused or Broken. */
export async function opened(
  method: string,
  path: string,
  body?: string | FormData,
  signal: AbortSignal = AbortSignal.timeout(settings.timeout),
): Promise<Response> {
  const headers = new Headers(typeof body === "string" ? { "content-type": "application/json" } : {});
  for (const [name, value] of Object.entries<string>(project.headers)) {
    headers.set(name, value.replace("{key}", key()));
  }
  try {
    const response = await fetch(settings.baseUrl + path, { method, headers, body, signal });
    if (!response.ok) throw new Refused(response.status, response.headers, await response.text());
    return response;
  } catch (error) {
    throw mapped(error);
  }
}

/** What fetch throws as ours. */
function mapped(error: unknown): unknown {
  if (error instanceof Problem) return error;
  return new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
}

/** Server-sent events: what stands after `data:`, joined until an empty line. */
async function* events(response: Response): AsyncGenerator<Json> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let data: string[] = [];
  for await (const chunk of response.body!) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.replace(/\r$/, "");
      if (line.startsWith("data:")) {
        data.push(line.slice(5).replace(/^ /, ""));
      } else if (line === "" && data.length) {
        const text = data.join("\n");
        data = [];
        if (text === "[DONE]") return;
        yield JSON.parse(text);
      }
    }
  }
}
