/** Chat Completions, OpenAI's and all compatible ones: how the answer is read, and how the next request is made of it. */

import { type Answer, type Next, type OnText, given } from "./answer.js";
import { Broken } from "./errors.js";
import type { Json } from "./settings.js";

interface Piece {
  id: string;
  name: string;
  arguments: string;
}

/** The answer of a stream or of a whole body; Broken where it ends before its end. */
export async function read(events: AsyncIterable<Json>, onText: OnText): Promise<Answer> {
  let text = "";
  let finish = "";
  let counted: Json = {};
  const calls: Piece[] = [];
  for await (const event of events) {
    if (event.error) throw new Broken("The provider gave up in the middle of the answer.");
    counted = event.usage ?? counted;
    for (const choice of event.choices ?? []) {
      const said = choice.delta ?? choice.message ?? {};
      const piece = said.content || said.refusal;
      if (piece) {
        text += piece;
        onText(piece);
      }
      (said.tool_calls ?? []).forEach((call: Json, number: number) => {
        const index = call.index ?? number;
        add((calls[index] ??= { id: "", name: "", arguments: "" }), call);
      });
      finish = choice.finish_reason ?? finish;
    }
  }
  if (!finish) throw new Broken("The stream ended before the answer did.");
  return whole(text, calls.filter(Boolean), finish, counted);
}

/** The name comes with the first piece, the arguments in many. */
function add(call: Piece, piece: Json): void {
  call.id = piece.id || call.id;
  call.name = piece.function?.name || call.name;
  call.arguments += piece.function?.arguments ?? "";
}

function whole(text: string, calls: Piece[], finish: string, counted: Json): Answer {
  const turn: Json = { role: "assistant", content: text || null };
  if (calls.length) {
    turn.tool_calls = calls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    }));
  }
  return {
    text,
    finish,
    usage: {
      input: counted.prompt_tokens ?? null,
      cached: counted.prompt_tokens_details?.cached_tokens ?? 0,
      written: counted.prompt_tokens_details?.cache_write_tokens ?? 0,
      output: counted.completion_tokens ?? null,
    },
    turn: [turn],
    calls: calls.map((call) => ({ ...call, arguments: given(call.arguments) })),
  };
}

/** The next request: all before it, what the model said, and the results of its calls or what the user says. */
export function following(body: Json, answer: Answer, { results = [], text }: Next): Json {
  const told: Json[] = results.map(([call, output]) => {
    return { role: "tool", tool_call_id: call.id, content: output };
  });
  if (text !== undefined) told.push({ role: "user", content: text });
  const next: Json = { ...body, messages: [...body.messages, ...answer.turn, ...told] };
  if (!["auto", "none"].includes(next.tool_choice)) delete next.tool_choice; // forced for the first answer only
  return next;
}

/** The JSON Schema that the answer must hold to. */
export const schema = (body: Json): Json => body.response_format.json_schema.schema;
