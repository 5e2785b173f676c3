/** What one emulated vendor is to the server that carries it: routes over a state, and a clock. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** One request as a vendor's route sees it. */
export interface Call {
  method: string;
  /** Percent-decoded path without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The bytes as they came: signatures and content types are judged on these. */
  rawBody: Buffer;
  /** `http://127.0.0.1:port` of this emulator, for links in answers. */
  baseUrl: string;
  /** The emulated instant. */
  now: Date;
  /** True when a `tornPage` fault hit: the service loses or repeats a row of this page, as a list does that changes while it is walked. */
  tornPage: boolean;
  /** The way in which the page tears, when the fault names one. */
  tear?: string;
}

/** One answer; `json` sets the content type unless `headers` does. No body at all is possible and common. */
export interface Answer {
  status: number;
  headers?: Record<string, string | string[]>;
  json?: unknown;
  body?: string | Buffer;
}

/** One emulated vendor. */
export interface Service {
  name: 'bamboohr' | 'jumpcloud' | 'github';
  /** Every registered route as `METHOD /template/{param}`: the coverage table is tested against it. */
  routes: string[];
  answer(call: Call): Answer | Promise<Answer>;
  /** Takes the whole exchange when it returns true (git's smart HTTP); called after the faults. */
  takeOver?(request: IncomingMessage, response: ServerResponse, now: Date): boolean;
  /** Control routes of its own; `path` is what follows `/_emulator`. Undefined: not one of them. Asked after the kit's. */
  control?(
    method: string,
    path: string,
    body: Buffer,
    now: Date,
  ): Answer | undefined | Promise<Answer | undefined>;
  /** This emulator's part of the seed, as it stands now. */
  exportState(): unknown | Promise<unknown>;
  /** Replaces the state; what keeps its id keeps it, what changed or went is stamped with the emulated now. */
  importState(state: unknown, now: Date): void | Promise<void>;
  /** Back to the seed it was started with. */
  reset(now: Date): void | Promise<void>;
  /** The emulated clock moved: whatever was due in between happens now. */
  clockMoved?(from: Date, to: Date): void;
  close?(): void | Promise<void>;
}

/** A refused control request or seed; its message goes back as a 400, or ends the process at start with exit 2. */
export class SeedError extends Error {
  override name = 'SeedError';
  /** Where in this emulator's part of the seed, so that the door can name line and column of the file. */
  readonly path: readonly (string | number)[];

  constructor(message: string, path: readonly (string | number)[] = []) {
    super(message);
    this.path = path;
  }
}
