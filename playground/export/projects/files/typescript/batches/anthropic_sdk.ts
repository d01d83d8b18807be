/** Anthropic's Message Batches through its SDK: all requests in one body, one address with the results. */

import { inOrder, type Line, type State } from "./answer.js";
import type { Json } from "./settings.js";
import { client, mapped } from "./wire.js";

/** Make the batch; its id. */
export async function submit(lines: Json[]): Promise<string> {
  const requests: any = lines.map(({ id, body }) => ({ custom_id: id, params: body }));
  try {
    return (await client().messages.batches.create({ requests })).id;
  } catch (error) {
    throw mapped(error);
  }
}

/** How far it is. */
export async function look(id: string): Promise<State> {
  try {
    const batch = await client().messages.batches.retrieve(id);
    return { word: batch.processing_status, over: batch.processing_status === "ended", batch };
  } catch (error) {
    throw mapped(error);
  }
}

/** Every line's answer or error. */
export async function results({ batch }: State): Promise<Line[]> {
  const found: Line[] = [];
  try {
    for await (const row of await client().messages.batches.results(batch.id)) found.push(read(row));
  } catch (error) {
    throw mapped(error);
  }
  return inOrder(found);
}

function read({ custom_id, result }: Json): Line {
  const body = result.message ?? null;
  return [custom_id, body, body ? "" : JSON.stringify(result.error ?? result.type)];
}
