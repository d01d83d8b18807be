/** OpenAI's Batch API over plain HTTP: a file of lines goes up, a batch works through it, files of answers come down. */

import { inOrder, type Line, type State } from "./answer.js";
import { type Json, project } from "./settings.js";
import { opened } from "./wire.js";

const OVER = ["completed", "failed", "expired", "cancelled"];

/** Upload the lines and make the batch; its id. */
export async function submit(lines: Json[]): Promise<string> {
  const endpoint = `/v1${project.path}`;
  const rows = lines.map(({ id, body }) => ({ custom_id: id, method: "POST", url: endpoint, body }));
  const form = new FormData();
  form.set("purpose", "batch");
  form.set("file", new Blob(rows.map((row) => `${JSON.stringify(row)}\n`)), "batch.jsonl");
  const file: Json = await (await opened("POST", "/files", form)).json() as Json;
  const wanted = { input_file_id: file.id, endpoint, completion_window: "24h" };
  const made = await (await opened("POST", "/batches", JSON.stringify(wanted))).json() as Json;
  return made.id;
}

/** How far it is. */
export async function look(id: string): Promise<State> {
  const batch = await (await opened("GET", `/batches/${id}`)).json() as Json;
  return { word: batch.status, over: OVER.includes(batch.status), batch };
}

/** Every line's answer or error. */
export async function results({ batch }: State): Promise<Line[]> {
  const found: Line[] = [];
  for (const file of [batch.output_file_id, batch.error_file_id].filter(Boolean)) {
    const text = await (await opened("GET", `/files/${file}/content`)).text();
    found.push(...text.split("\n").filter(Boolean).map((line) => read(JSON.parse(line))));
  }
  return inOrder(found);
}

function read(row: Json): Line {
  const good = row.response?.status_code === 200;
  const error = good ? "" : JSON.stringify(row.error ?? row.response?.body);
  return [row.custom_id, good ? row.response.body : null, error];
}
