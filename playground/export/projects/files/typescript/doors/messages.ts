/** Anthropic's Messages: how its answer is read, and how the next request is made of it. */

import { type Answer, type Next, type OnText, given } from "./answer.js";
import { Broken } from "./errors.js";
import type { Json } from "./settings.js";

/** Type of a delta → where its piece stands, and what it is a piece of. */
const PIECES: Record<string, [string, string]> = {
  text_delta: ["text", "text"],
  thinking_delta: ["thinking", "thinking"],
  signature_delta: ["signature", "signature"],
  input_json_delta: ["partial_json", "json"],
};

/** The answer of a stream or of a whole body; Broken where it ends before its end. */
export async function read(events: AsyncIterable<Json>, onText: OnText): Promise<Answer> {
  const blocks: Json[] = [];
  let counted: Json = {};
  let finish = "";
  for await (const event of events) {
    if (event.type === "error") throw new Broken("The provider gave up in the middle of the answer.");
    if (event.type === "message") return whole(event.content, event.stop_reason, event.usage);
    if (event.type === "message_start") counted = { ...event.message.usage };
    else if (event.type === "content_block_start") blocks[event.index] = { ...event.content_block };
    else if (event.type === "content_block_delta") add(blocks[event.index], event.delta, onText);
    else if (event.type === "message_delta") {
      finish = event.delta.stop_reason ?? finish;
      const told = Object.entries(event.usage ?? {}).filter(([, value]) => value !== null);
      counted = { ...counted, ...Object.fromEntries(told) };
    } else if (event.type === "message_stop") return whole(blocks.filter(Boolean), finish, counted);
  }
  throw new Broken("The stream ended before the answer did.");
}

function add(block: Json, delta: Json, onText: OnText): void {
  const [where, what] = PIECES[delta.type] ?? [];
  if (where && what) block[what] = (block[what] ?? "") + delta[where];
  if (what === "text") onText(delta.text);
}

function whole(blocks: Json[], finish: string, counted: Json): Answer {
  for (const block of blocks) {
    if (block.json) block.input = given(block.json);
  }
  const cached = counted.cache_read_input_tokens ?? 0;
  const written = counted.cache_creation_input_tokens ?? 0;
  const turn = blocks.flatMap(back);
  const lone = turn.length === 1 && turn[0].type === "text" ? turn[0].text : turn;
  return {
    text: blocks.filter((block) => block.type === "text").map((block) => block.text).join(""),
    finish,
    usage: {
      input: counted.input_tokens === undefined ? null : counted.input_tokens + cached + written,
      cached,
      written,
      output: counted.output_tokens ?? null,
    },
    turn: [{ role: "assistant", content: lone }],
    calls: blocks
      .filter((block) => block.type === "tool_use")
      .map((block) => ({ id: block.id, name: block.name, arguments: block.input })),
  };
}

/** Type of a block → its fields that go back. */
const KEPT: Record<string, string[]> = {
  text: ["type", "text"],
  thinking: ["type", "thinking", "signature"],
  redacted_thinking: ["type", "data"],
  tool_use: ["type", "id", "name", "input"],
};

function back(block: Json): Json[] {
  const kept = KEPT[block.type];
  const empty = block.type === "text" && !block.text;
  const unsigned = block.type === "thinking" && !block.signature;
  const whole: Json = { ...block, input: block.input ?? {} };
  return !kept || empty || unsigned ? [] : [Object.fromEntries(kept.map((name) => [name, whole[name]]))];
}

/** The next request: all before it, what the model said, and the results of its calls or what the user says. */
export function following(body: Json, answer: Answer, { results = [], text }: Next): Json {
  const told = results.map(([call, output]) => {
    return { type: "tool_result", tool_use_id: call.id, content: output };
  });
  const said = { role: "user", content: text ?? told };
  const next: Json = { ...body, messages: [...body.messages, ...answer.turn, said] };
  if (["any", "tool"].includes(next.tool_choice?.type)) { // forced for the first answer only
    const alone = next.tool_choice.disable_parallel_tool_use;
    delete next.tool_choice;
    if (alone) next.tool_choice = { type: "auto", disable_parallel_tool_use: true };
  }
  return next;
}

/** The JSON Schema that the answer must hold to. */
export const schema = (body: Json): Json => body.output_config.format.schema;
