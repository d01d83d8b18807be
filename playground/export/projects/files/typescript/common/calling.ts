/** One call with everything around it: the spending limit before, retries with the wait that was asked for, a line in the log. */

import { setTimeout as sleep } from "node:timers/promises";

import type { Answer, OnText } from "./answer.js";
import { read } from "./door.js";
import { Broken, Refused } from "./errors.js";
import { type Json, settings } from "./settings.js";
import { check, cost, note, worstCase } from "./spending.js";
import { send } from "./wire.js";

/** Tests put something quicker in its place. */
export const waiting = { pause: (milliseconds: number): Promise<void> => sleep(milliseconds) };

/**
 * Send a request and return the whole answer.
 *
 * A rate limit, an overload or a broken connection is tried again; a stream that broke after `onText` has shown some of it
 * is not, as what was shown can't be taken back. Throws Refused, Broken or OverLimit.
 */
export async function ask(body: Json, onText?: OnText): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const worst = worstCase(body);
    check(worst);
    let shown = false;
    const show = (piece: string) => {
      if (onText) {
        shown = true;
        onText(piece);
      }
    };
    const began = performance.now();
    let wait: number | null = null;
    try {
      const answer = await read(send(body), show);
      const { input, output } = answer.usage;
      const usd = cost(answer.usage) ?? worst;
      line(began, answer.finish, usd, { status: 200, input_tokens: input, output_tokens: output });
      return answer;
    } catch (error) {
      const last = attempt >= settings.tries;
      if (error instanceof Refused) {
        line(began, error.code, 0, { status: error.status, request_id: error.requestId });
        wait = error.wait;
        if (!error.again || last || (wait ?? 0) > settings.longestWait) throw error;
      } else if (error instanceof Broken) {
        line(began, "broken", worst);
        if (shown || last) throw error;
      } else {
        throw error;
      }
    }
    await waiting.pause(wait ?? 2 ** attempt * (500 + Math.random() * 500));
  }
}

/** What a call gives that changes nothing where it is refused; a rate limit or an overload is tried again. */
export async function tried<Result>(call: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    let wait: number | null;
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Refused) || !error.again || attempt >= settings.tries) throw error;
      wait = error.wait;
      if ((wait ?? 0) > settings.longestWait) throw error;
    }
    await waiting.pause(wait ?? 2 ** attempt * (500 + Math.random() * 500));
  }
}

/** What came of a call; one whose cost is not known counts with the most that it may have cost. */
function line(began: number, ended: string, usd: number | null, more: Json = {}): void {
  const seconds = Math.round(performance.now() - began) / 1000;
  note({ model: settings.model, seconds, ended, usd: usd === null ? null : String(usd), ...more });
}
