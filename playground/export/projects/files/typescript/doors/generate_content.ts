/** Google's generateContent: how its answer is read, and how the next request is made of it. */

import type { Answer, Call, Next, OnText } from "./answer.js";
import { Broken } from "./errors.js";
import type { Json } from "./settings.js";

/** The answer of a stream or of a whole body; Broken where it ends before its end. */
export async function read(events: AsyncIterable<Json>, onText: OnText): Promise<Answer> {
  const parts: Json[] = [];
  let counted: Json = {};
  let finish = "";
  for await (const event of events) {
    if (event.error) throw new Broken("The provider gave up in the middle of the answer.");
    counted = event.usageMetadata ?? counted;
    finish = event.promptFeedback?.blockReason ?? finish;
    for (const candidate of event.candidates ?? []) {
      finish = candidate.finishReason ?? finish;
      for (const part of candidate.content?.parts ?? []) add(parts, part, onText);
    }
  }
  if (!finish) throw new Broken("The stream ended before the answer did.");
  return whole(parts, finish, counted);
}

/** Pieces of text become one part, with the signature that closes them. */
function add(parts: Json[], part: Json, onText: OnText): void {
  const before = parts.at(-1);
  if (part.text && !part.thought) onText(part.text);
  if (before && "text" in part && "text" in before && part.thought === before.thought) {
    before.text += part.text;
    if (part.thoughtSignature) before.thoughtSignature = part.thoughtSignature;
  } else {
    parts.push({ ...part });
  }
}

function whole(parts: Json[], finish: string, counted: Json): Answer {
  const { promptTokenCount: given, candidatesTokenCount: made, thoughtsTokenCount: thought } = counted;
  return {
    text: parts.filter((part) => part.text && !part.thought).map((part) => part.text).join(""),
    finish,
    usage: {
      input: given === undefined ? null : given + (counted.toolUsePromptTokenCount ?? 0),
      cached: counted.cachedContentTokenCount ?? 0,
      written: 0,
      output: made === undefined && thought === undefined ? null : (made ?? 0) + (thought ?? 0),
    },
    turn: [{ role: "model", parts: parts.filter(goesBack) }],
    calls: parts
      .filter((part) => part.functionCall)
      .map(({ functionCall: call }) => ({ id: call.id ?? "", name: call.name, arguments: call.args ?? {} })),
  };
}

/** Thoughts only with their signature, empty text only with one too. */
const goesBack = (part: Json): boolean =>
  Boolean(part.thoughtSignature || part.functionCall || (part.text && !part.thought));

/** The next request: all before it, what the model said, and the results of its calls or what the user says. */
export function following(body: Json, answer: Answer, { results = [], text }: Next): Json {
  const parts: Json[] = results.map(([call, output]) => ({ functionResponse: response(call, output) }));
  if (text !== undefined) parts.push({ text });
  const next: Json = { ...body, contents: [...body.contents, ...answer.turn, { role: "user", parts }] };
  if (next.toolConfig?.functionCallingConfig?.mode === "ANY") delete next.toolConfig; // forced for the first answer only
  return next;
}

const response = (call: Call, output: string): Json => ({
  ...(call.id ? { id: call.id } : {}),
  name: call.name,
  response: { result: output },
});

/** The JSON Schema that the answer must hold to. */
export const schema = (body: Json): Json => body.generationConfig.responseJsonSchema;
