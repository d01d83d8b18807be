/** The request over plain HTTP, with nothing but Node's own fetch. */

import { Broken, Refused } from "./errors.js";
import { type Json, key, project, settings } from "./settings.js";

/** The answer's events as they come; a body that does not stream is one event. */
export async function* send(body: Json): AsyncGenerator<Json> {
  const headers = new Headers({ "content-type": "application/json" });
  for (const [name, value] of Object.entries<string>(project.headers)) {
    headers.set(name, value.replace("{key}", key()));
  }
  const url = settings.baseUrl + project.path.replace("{model}", encodeURI(settings.model));
  const silence = new AbortController();
  const clock = setTimeout(() => silence.abort(), settings.timeout);
  try {
    const sent = { method: "POST", headers, body: JSON.stringify(body), signal: silence.signal };
    const response = await fetch(url, sent);
    if (!response.ok) throw new Refused(response.status, response.headers, await response.text());
    if (response.headers.get("content-type")?.includes("event-stream")) {
      for await (const event of events(response)) {
        clock.refresh();
        yield event;
      }
    } else {
      yield (await response.json()) as Json;
    }
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Broken(`The connection broke off: ${(error as Error).name}.`, { cause: error });
  } finally {
    clearTimeout(clock);
  }
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
