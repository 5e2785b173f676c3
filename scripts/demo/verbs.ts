/** The doors themselves, run in this process: their arguments, an environment with the one secret each needs, the story's clock. */
import { door as applyDoor } from '../apply.ts';
import { door as approvalsDoor } from '../approvals.ts';
import { Failure } from '../core/values/failure.ts';
import { door as exportDoor } from '../export.ts';
import { door as planDoor } from '../plan.ts';
import { door as proposeDoor } from '../propose.ts';
import { door as recordDoor } from '../record.ts';
import { openDoor, type Outside } from '../shell/door.ts';
import type { Vendor } from './emulated-vendors.ts';

/** What each may hold: one verb, one secret (DESIGN 1). */
const SECRETS = {
  export: { BAMBOOHR_API_KEY: 'demo-hr-key' },
  plan: { JUMPCLOUD_API_KEY: 'demo-read-key' },
  propose: { GITHUB_TOKEN: 'demo-app-token' },
  approvals: { GITHUB_TOKEN: 'demo-reading-token' },
  apply: { JUMPCLOUD_API_KEY: 'demo-write-key' },
  record: { GITHUB_TOKEN: 'demo-app-token' },
} as const;

export type Verb = keyof typeof SECRETS;

const OPEN: Record<Verb, (outside: Outside) => Promise<number>> = {
  export: (outside) => openDoor(exportDoor, outside),
  plan: (outside) => openDoor(planDoor, outside),
  propose: (outside) => openDoor(proposeDoor, outside),
  approvals: (outside) => openDoor(approvalsDoor, outside),
  apply: (outside) => openDoor(applyDoor, outside),
  record: (outside) => openDoor(recordDoor, outside),
};

export interface VerbSetting {
  root: string;
  company: string;
  repository: string;
  urls: Record<Vendor, string>;
  now(): Date;
}

export type RunVerb = <T>(verb: Verb, ...args: string[]) => Promise<T>;

/** @returns how to run a verb: the document of its --json. What ends with another exit code than 0 is thrown. */
export function createVerbs(setting: VerbSetting): RunVerb {
  const { root, company, repository, urls, now } = setting;
  return async <T>(verb: Verb, ...args: string[]): Promise<T> => {
    const written = { out: '', err: '' };
    const exit = await OPEN[verb]({
      args: ['--root', root, '--json', ...args],
      environment: {
        ...SECRETS[verb],
        BAMBOOHR_COMPANY: company,
        BAMBOOHR_BASE_URL: urls.bamboohr,
        JUMPCLOUD_BASE_URL: urls.jumpcloud,
        GITHUB_API_URL: urls.github,
        GITHUB_SERVER_URL: urls.github,
        GITHUB_REPOSITORY: repository,
      },
      folder: root,
      stdout: { write: (text) => (written.out += text), isTerminal: false, columns: 100 },
      stderr: { write: (text) => (written.err += text), isTerminal: false, columns: 100 },
      now,
      // Signals are the demo's own: it stops the emulators, and then no verb goes on.
      onSignal: () => undefined,
      onUncaught: () => undefined,
    });
    if (exit !== 0)
      throw new Failure(
        1,
        'demo-step',
        `${verb} ended with exit ${exit}: ${written.err.trim()}`,
        `look at ${root}; the demo tells its story with the shipped mappings and has to fit them`,
      );
    return JSON.parse(written.out) as T;
  };
}
