/** What comes of a call, whichever provider answered. */

export type OnText = (piece: string) => void;

/** Tokens as the provider counts them; null where it did not say. */
export interface Usage {
  /** All of the input, cached or not. */
  input: number | null;
  /** Of it, read from a cache. */
  cached: number;
  /** Of it, written to a cache at a price of its own. */
  written: number;
  /** Reasoning included. */
  output: number | null;
}

/** A function that the model wants to be called. */
export interface Call {
  id: string;
  name: string;
  /** null where they are no JSON. */
  arguments: any;
}

/** The arguments in this text; null where they are no JSON, as where the answer's limit cut them off. */
export function given(text: string): any {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return null;
  }
}

/** One whole answer. */
export interface Answer {
  text: string;
  /** Why it ended, in the provider's word: look at it, only a normal end is a whole answer. */
  finish: string;
  usage: Usage;
  /** What goes back to the model in the next request, so that it knows what it said. */
  turn: any[];
  calls: Call[];
}

/** What the next request brings: results of calls, or what the user says. */
export interface Next {
  results?: [Call, string][];
  text?: string;
}

/** How far a batch is. */
export interface State {
  /** In the provider's word. */
  word: string;
  over: boolean;
  /** The provider's object. */
  batch: any;
}

/** A line of a batch: its name, its answer's body, or what went wrong. */
export type Line = [string, Record<string, any> | null, string];

/** The lines in the order in which they were sent: `line-1`, `line-2`, … */
export const inOrder = (lines: Line[]): Line[] =>
  lines.sort(([a], [b]) => Number(a.split("-")[1]) - Number(b.split("-")[1]));
