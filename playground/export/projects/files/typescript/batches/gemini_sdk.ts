/** Google's batches through its SDK: the requests inside the call, the answers inside the batch. */

import type { Line, State } from "./answer.js";
import { type Json, settings } from "./settings.js";
import { client, mapped, parameters } from "./wire.js";

/** Batches are not in v1. */
const VERSION = "v1beta";
const OVER = ["SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"];

/** Make the batch; its name. */
export async function submit(lines: Json[]): Promise<string> {
  const src: any = lines.map(({ id, body }) => {
    const { contents, config } = parameters(body);
    return { contents, config, metadata: { key: id } };
  });
  try {
    const { batches } = client(VERSION);
    const made = await batches.create({ model: settings.model, src, config: { displayName: "batch" } });
    return made.name ?? "";
  } catch (error) {
    throw mapped(error);
  }
}

/** How far it is. */
export async function look(name: string): Promise<State> {
  try {
    const batch = await client(VERSION).batches.get({ name });
    const word: string = batch.state ?? "";
    return { word, over: OVER.includes(word.replace(/^.*STATE_/, "")), batch };
  } catch (error) {
    throw mapped(error);
  }
}

/** Every line's answer or error. */
export async function results({ batch }: State): Promise<Line[]> {
  const rows: Json[] = batch.dest?.inlinedResponses ?? [];
  return rows.map((row, index) => [
    row.metadata?.key ?? `line-${index + 1}`,
    row.response ? JSON.parse(JSON.stringify(row.response)) : null,
    row.response ? "" : JSON.stringify(row.error),
  ]);
}
