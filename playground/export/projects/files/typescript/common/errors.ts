/** What can go wrong with a call, and what to do about each. */

/** Something a person can be told in a sentence. */
export class Problem extends Error {}

/** The provider answered with an error, before any of an answer came. It is not billed. */
export class Refused extends Problem {
  readonly code: string;
  private readonly told: Record<string, unknown>;

  constructor(
    readonly status: number,
    private readonly headers: Headers,
    private readonly body: string,
  ) {
    super();
    this.told = toldBy(body);
    this.code =
      [this.told.code, this.told.status, this.told.type].find(
        (word): word is string => typeof word === "string" && word !== "",
      ) ?? "";
    this.message = `HTTP ${status}: ${this.code || "no code"}. ${this.advice}`;
  }

  /** True where the key is wrong or may not do this; Google says the first with a 400. */
  get wrongKey(): boolean {
    const said = ["API_KEY_INVALID", "API key not valid"].some((words) => this.body.includes(words));
    return said || this.status === 401 || this.status === 403;
  }

  /** True where waiting does not help: the account has no credit left. */
  get outOfMoney(): boolean {
    const codes = ["insufficient_quota", "billing_error"];
    return codes.includes(this.code) || this.body.includes("credit balance");
  }

  /** True where the same request may succeed later. */
  get again(): boolean {
    return ([408, 409, 429].includes(this.status) || this.status >= 500) && !this.outOfMoney;
  }

  /** Milliseconds that the provider asks to wait; null where it says nothing. */
  get wait(): number | null {
    for (const [name, unit] of [["retry-after-ms", 1], ["retry-after", 1000]] as const) {
      const value = this.headers.get(name) ?? "";
      if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * unit;
    }
    const inBody = /"retryDelay":\s*"([\d.]+)s"|retry in ([\d.]+)s/.exec(this.body);
    return inBody ? Number(inBody[1] ?? inBody[2]) * 1000 : null;
  }

  /** What support asks for. */
  get requestId(): string {
    return this.headers.get("x-request-id") ?? this.headers.get("request-id") ?? "";
  }

  private get advice(): string {
    if (this.wrongKey) return "The key is wrong, or may not use this model: check .env.";
    if (this.outOfMoney) return "The account has no credit left: waiting does not help.";
    if (this.again) return "Try again later.";
    return `Sending it again would not help. ${String(this.told.message ?? "").slice(0, 300)}`;
  }
}

/** The connection or the stream broke off. What came may be billed, and is not the whole answer. */
export class Broken extends Problem {}

/** It was not sent: it might cost more than is left of the spending limit. */
export class OverLimit extends Problem {}

function toldBy(body: string): Record<string, unknown> {
  try {
    let found = JSON.parse(body);
    if (Array.isArray(found)) found = found[0];
    const told = found?.error ?? found;
    return typeof told === "object" && told !== null ? told : {};
  } catch {
    return {};
  }
}

/** Run the program; a problem is one sentence on standard error and exit code 1, never a stack trace. */
export async function run(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    console.error(problem.message);
    process.exitCode = 1;
  }
}
