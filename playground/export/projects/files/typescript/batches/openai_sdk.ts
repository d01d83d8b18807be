/** OpenAI's Batch API through its SDK: a file of lines goes up, a batch works through it, files of answers come down. */

import { toFile } from "openai";

import { inOrder, type Line, type State } from "./answer.js";
import { type Json, project } from "./settings.js";
import { client, mapped } from "./wire.js";

const OVER = ["completed", "failed", "expired", "cancelled"];

/** Upload the lines and make the batch; its id. */
export async function submit(lines: Json[]): Promise<string> {
  const endpoint: any = `/v1${project.path}`;
  const rows = lines.map(({ id, body }) => ({ custom_id: id, method: "POST", url: endpoint, body }));
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  try {
    const { files, batches } = client();
    const file = await files.create({ file: await toFile(Buffer.from(text), "batch.jsonl"), purpose: "batch" });
    const made = await batches.create({ input_file_id: file.id, endpoint, completion_window: "24h" });
    return made.id;
  } catch (error) {
    throw mapped(error);
  }
}

/** How far it is. */
export async function look(id: string): Promise<State> {
  try {
    const batch = await client().batches.retrieve(id);
    return { word: batch.status, over: OVER.includes(batch.status), batch };
  } catch (error) {
    throw mapped(error);
  }
}

/** Every line's answer or error. */
export async function results({ batch }: State): Promise<Line[]> {
  const found: Line[] = [];
  try {
    for (const file of [batch.output_file_id, batch.error_file_id].filter(Boolean)) {
      const text = await (await client().files.content(file)).text();
      found.push(...text.split("\n").filter(Boolean).map((line) => read(JSON.parse(line))));
    }
  } catch (error) {
    throw mapped(error);
  }
  return inOrder(found);
}

function read(row: Json): Line {
  const good = row.response?.status_code === 200;
  const error = good ? "" : JSON.stringify(row.error ?? row.response?.body);
  return [row.custom_id, good ? row.response.body : null, error];
}
