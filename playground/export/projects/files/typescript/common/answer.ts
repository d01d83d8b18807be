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
  arguments: any;
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
