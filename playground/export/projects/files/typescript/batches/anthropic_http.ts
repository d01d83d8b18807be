/** Anthropic's Message Batches over plain HTTP: all requests in one body, one address with the results. */

import { inOrder, type Line, type State } from "./answer.js";
import type { Json } from "./settings.js";
import { opened } from "./wire.js";

const PATH = "/v1/messages/batches";

/** Make the batch; its id. */
export async function submit(lines: Json[]): Promise<string> {
  const requests = lines.map(({ id, body }) => ({ custom_id: id, params: body }));
  const made = await (await opened("POST", PATH, JSON.stringify({ requests }))).json() as Json;
  return made.id;
}

/** How far it is. */
export async function look(id: string): Promise<State> {
  const batch = await (await opened("GET", `${PATH}/${id}`)).json() as Json;
  return { word: batch.processing_status, over: batch.processing_status === "ended", batch };
}

/** Every line's answer or error. */
export async function results({ batch }: State): Promise<Line[]> {
  const text = await (await opened("GET", `${PATH}/${batch.id}/results`)).text();
  return inOrder(text.split("\n").filter(Boolean).map((line) => read(JSON.parse(line))));
}

function read({ custom_id, result }: Json): Line {
  const body = result.message ?? null;
  return [custom_id, body, body ? "" : JSON.stringify(result.error ?? result.type)];
}
