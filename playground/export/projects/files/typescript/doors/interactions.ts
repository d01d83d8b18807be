/** Google's Interactions: how its answer is read, and how the next request is made of it. */

import { type Answer, type Next, type OnText, given } from "./answer.js";
import { Broken } from "./errors.js";
import type { Json } from "./settings.js";

const GAVE_UP = "The provider gave up in the middle of the answer.";

/** The answer of a stream or of a whole body; Broken where it ends before its end. */
export async function read(events: AsyncIterable<Json>, onText: OnText): Promise<Answer> {
  const steps: Json[] = [];
  for await (const event of events) {
    if (event.event_type === "error") throw new Broken(GAVE_UP);
    if (event.event_type === "step.start") begin(steps, event.index, event.step, onText);
    else if (event.event_type === "step.delta") add(steps[event.index], event.delta, onText);
    else if (event.event_type === "interaction.completed") return whole(steps, event.interaction);
    else if (event.event_type === undefined && event.steps) {
      event.steps.forEach((step: Json, index: number) => begin(steps, index, step, onText));
      return whole(steps, event);
    }
  }
  throw new Broken("The stream ended before the answer did.");
}

function begin(steps: Json[], index: number, step: Json, onText: OnText): void {
  steps[index] = { ...step, said: "", given: "" };
  for (const part of [...(step.content ?? []), ...(step.summary ?? [])]) add(steps[index], part, onText);
}

function add(step: Json, delta: Json, onText: OnText): void {
  if (delta.type === "text") {
    step.said += delta.text ?? "";
    if (step.type === "model_output") onText(delta.text ?? "");
  } else if (delta.type === "thought_summary") {
    step.said += delta.content?.text ?? "";
  } else if (delta.type === "thought_signature") {
    step.signature = (step.signature ?? "") + (delta.signature ?? "");
  } else if (delta.type === "arguments_delta") {
    const piece = delta.arguments ?? "";
    step.given += typeof piece === "string" ? piece : JSON.stringify(piece);
  }
}

function whole(all: Json[], interaction: Json): Answer {
  if (["failed", "cancelled", "budget_exceeded"].includes(interaction.status)) throw new Broken(GAVE_UP);
  const steps = all.filter(Boolean);
  for (const step of steps) {
    step.arguments = step.given ? given(step.given) : step.arguments ?? {};
  }
  const counted = interaction.usage ?? {};
  const { total_input_tokens: sent, total_output_tokens: made } = counted;
  return {
    text: steps.filter((step) => step.type === "model_output").map((step) => step.said).join(""),
    finish: interaction.status ?? "",
    usage: {
      input: sent === undefined ? null : sent + (counted.total_tool_use_tokens ?? 0),
      cached: counted.total_cached_tokens ?? 0,
      written: 0,
      output: made === undefined ? null : made + (counted.total_thought_tokens ?? 0),
    },
    turn: steps.flatMap(back),
    calls: steps
      .filter((step) => step.type === "function_call")
      .map((step) => ({ id: step.id, name: step.name, arguments: step.arguments })),
  };
}

/** A step as it goes back. */
function back(step: Json): Json[] {
  const signed = step.signature ? { signature: step.signature } : {};
  if (step.type === "model_output" && step.said) {
    return [{ type: step.type, content: [{ type: "text", text: step.said }] }];
  }
  if (step.type === "function_call") {
    return [{ type: step.type, id: step.id, name: step.name, arguments: step.arguments ?? {}, ...signed }];
  }
  if (step.type === "thought" && step.signature) {
    const summary = step.said ? { summary: [{ type: "text", text: step.said }] } : {};
    return [{ type: step.type, ...signed, ...summary }];
  }
  return [];
}

/** The next request: all before it, what the model said, and the results of its calls or what the user says. */
export function following(body: Json, answer: Answer, { results = [], text }: Next): Json {
  const told: Json[] = results.map(([call, output]) => {
    return { type: "function_result", call_id: call.id, name: call.name, result: output };
  });
  if (text !== undefined) told.push({ type: "user_input", content: [{ type: "text", text }] });
  const next: Json = { ...body, input: [...body.input, ...answer.turn, ...told] };
  const { tool_choice: choice, ...generation } = body.generation_config ?? {};
  if (![undefined, "auto", "none"].includes(choice)) { // forced for the first answer only
    if (Object.keys(generation).length) next.generation_config = generation;
    else delete next.generation_config;
  }
  return next;
}

/** The JSON Schema that the answer must hold to. */
export const schema = (body: Json): Json => body.response_format.schema;
