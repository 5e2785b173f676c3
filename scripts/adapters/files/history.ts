/** What git knows of a checkout's record: when a plan came to main, and receipts that came to main since. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RecordedPlan } from '../../core/record/ledger.ts';
import { serviceFailure } from '../../core/values/failure.ts';
import { secondsBetween } from '../../core/values/calendar.ts';
import { readAddingCommit, readCheckedOut } from './checked-out.ts';
import { parseRecord, readRecordTexts, type RecordTexts } from './record-folder.ts';

const run = promisify(execFile);

export interface History {
  /** Hours since the commit that added a plan, by its committer date; 0 where git does not know. */
  planAgeHours(name: string, now: string): Promise<number>;
  /** Plans with receipts whose names are not in `known`: of main as it is now when `fetch` was asked for, else of the folder. */
  readReceipts(known: ReadonlySet<string>): Promise<RecordedPlan[]>;
}

/**
 * @param options.fetch reads main's newest commit from `origin` each time
 * @param options.token what git shows for that, with `contents: read` and nothing else; undefined: git asks nobody
 */
export function openHistory(root: string, options: { fetch: boolean; token?: string | undefined }): History {
  return {
    async planAgeHours(name, now) {
      const commit = await readAddingCommit(root, `state/plans/${name}`);
      if (commit === undefined) return 0;
      const { stdout } = await run('git', ['-C', root, 'show', '-s', '--format=%cI', commit]);
      return Math.max(0, secondsBetween(new Date(stdout.trim()).toISOString(), now) / 3_600);
    },
    async readReceipts(known) {
      const isFetched = options.fetch && (await readCheckedOut(root)) !== undefined;
      const texts = isFetched
        ? await fetchTexts(root, known, options.token)
        : unknownOf(readRecordTexts(root), known);
      return parseRecord(texts);
    },
  };
}

function unknownOf({ plans, receipts }: RecordTexts, known: ReadonlySet<string>): RecordTexts {
  const names = [...receipts.keys()].filter((name) => !known.has(name));
  const pick = (texts: Map<string, string>): Map<string, string> =>
    new Map(names.flatMap((name) => (texts.has(name) ? [[name, texts.get(name)!]] : [])));
  return { plans: pick(plans), receipts: pick(receipts) };
}

/** One fetch of main's tip, and the texts of the receipts that it has and we do not. */
async function fetchTexts(
  root: string,
  known: ReadonlySet<string>,
  token: string | undefined,
): Promise<RecordTexts> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', ...credentialOf(token) };
  const git = async (...args: string[]): Promise<string> => {
    try {
      return (await run('git', ['-C', root, ...args], { env, maxBuffer: 256 * 1_048_576 })).stdout;
    } catch {
      // git's own words may hold the remote's address with a credential in it.
      throw serviceFailure(
        'main-unreadable',
        `git ${args[0] ?? ''} failed: main's newest receipts cannot be read`,
        'look whether the repository can be reached; grants wait until it can',
      );
    }
  };
  await git('fetch', '--quiet', '--no-tags', 'origin', 'HEAD');
  const paths = (await git('ls-tree', '-r', '--name-only', '-z', 'FETCH_HEAD', '--', 'state/receipts/'))
    .split('\0')
    .filter((path) => path.endsWith('.json'));
  const names = paths.map((path) => path.slice('state/receipts/'.length)).filter((name) => !known.has(name));
  const read = async (folder: string): Promise<Map<string, string>> => {
    const texts = new Map<string, string>();
    for (const name of names) texts.set(name, await git('show', `FETCH_HEAD:state/${folder}/${name}`));
    return texts;
  };
  return { plans: await read('plans'), receipts: await read('receipts') };
}

/** The checkout keeps no credential on disk; git gets it for this one process, where no list of processes shows it. */
function credentialOf(token: string | undefined): Record<string, string> {
  if (token === undefined) return {};
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
  };
}
