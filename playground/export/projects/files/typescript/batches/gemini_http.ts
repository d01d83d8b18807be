/** Google's batches over plain HTTP: the requests inside the call, the answers inside the batch. */

import type { Line, State } from "./answer.js";
import { type Json, settings } from "./settings.js";
import { opened } from "./wire.js";

/** Batches are not in v1. */
const VERSION = "v1beta";

/** Make the batch; its name. */
export async function submit(lines: Json[]): Promise<string> {
  const requests = lines.map(({ id, body }) => ({ request: body, metadata: { key: id } }));
  const batch = { displayName: "batch", inputConfig: { requests: { requests } } };
  const path = `/${VERSION}/models/${encodeURI(settings.model)}:batchGenerateContent`;
  const made = await (await opened("POST", path, JSON.stringify({ batch }))).json() as Json;
  return made.name;
}

/** How far it is. */
export async function look(name: string): Promise<State> {
  const batch = await (await opened("GET", `/${VERSION}/${name}`)).json() as Json;
  return { word: batch.metadata.state, over: Boolean(batch.done), batch };
}

/** Every line's answer or error. */
export async function results({ batch }: State): Promise<Line[]> {
  const found = (batch.response ?? batch.metadata.output ?? {}).inlinedResponses ?? [];
  const rows: Json[] = Array.isArray(found) ? found : (found.inlinedResponses ?? []);
  return rows.map((row) => [
    row.metadata.key,
    row.response ?? null,
    row.response ? "" : JSON.stringify(row.error),
  ]);
}
