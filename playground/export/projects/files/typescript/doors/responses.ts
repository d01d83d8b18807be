/** OpenAI's Responses: how its answer is read, and how the next request is made of it. */

import { type Answer, type Next, type OnText, given } from "./answer.js";
import { Broken } from "./errors.js";
import type { Json } from "./settings.js";

/** The answer of a stream or of a whole body; Broken where it ends before its end. */
export async function read(events: AsyncIterable<Json>, onText: OnText): Promise<Answer> {
  for await (const event of events) {
    if (event.type === "response.output_text.delta") onText(event.delta);
    else if (["response.completed", "response.incomplete"].includes(event.type)) return whole(event.response);
    else if (["response.failed", "error"].includes(event.type)) {
      throw new Broken("The provider gave up in the middle of the answer.");
    } else if (event.object === "response") return whole(event);
  }
  throw new Broken("The stream ended before the answer did.");
}

function whole(response: Json): Answer {
  const items: Json[] = response.output;
  const counted = response.usage ?? {};
  return {
    text: items.filter((item) => item.type === "message").map(textOf).join(""),
    finish: response.incomplete_details?.reason ?? response.status,
    usage: {
      input: counted.input_tokens ?? null,
      cached: counted.input_tokens_details?.cached_tokens ?? 0,
      written: counted.input_tokens_details?.cache_write_tokens ?? 0,
      output: counted.output_tokens ?? null,
    },
    turn: items.flatMap(back),
    calls: items
      .filter((item) => item.type === "function_call")
      .map((item) => ({ id: item.call_id, name: item.name, arguments: given(item.arguments) })),
  };
}

const textOf = (item: Json): string =>
  item.content.map((part: Json) => part.text ?? part.refusal ?? "").join("");

/** An item as it goes back: reasoning with its encrypted content, calls, text. */
function back(item: Json): Json[] {
  if (item.type === "message") return [{ role: "assistant", content: textOf(item) }];
  if (item.type === "function_call") {
    return [{ type: item.type, call_id: item.call_id, name: item.name, arguments: item.arguments }];
  }
  if (item.type === "reasoning" && item.encrypted_content) {
    const { type, id, summary, encrypted_content } = item;
    return [{ type, id, summary, encrypted_content }];
  }
  return [];
}

/** The next request: all before it, what the model said, and the results of its calls or what the user says. */
export function following(body: Json, answer: Answer, { results = [], text }: Next): Json {
  const told: Json[] = results.map(([call, output]) => {
    return { type: "function_call_output", call_id: call.id, output };
  });
  if (text !== undefined) told.push({ role: "user", content: text });
  const next: Json = { ...body, input: [...body.input, ...answer.turn, ...told] };
  if (!["auto", "none"].includes(next.tool_choice)) delete next.tool_choice; // forced for the first answer only
  return next;
}

/** The JSON Schema that the answer must hold to. */
export const schema = (body: Json): Json => body.text.format.schema;
