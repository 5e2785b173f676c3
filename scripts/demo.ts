/** demo: a week of a company that does not exist, through the real verbs, over HTTP, to a real git repository. */
import { rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { instantOf } from './core/values/calendar.ts';
import { Failure } from './core/values/failure.ts';
import { paintWith } from './core/render/escape-terminal.ts';
import { type Checkout, demandGit, openCheckout } from './demo/checkout.ts';
import { type Company, readCompany } from './demo/company.ts';
import { readDirectory } from './demo/directory.ts';
import { type EmulatedVendors, startVendors } from './demo/emulated-vendors.ts';
import { claimFolder, OURS, readShippedGroups, REVIEWERS, writeBelow, writeTemplate } from './demo/folder.ts';
import { renderPullRequestPage } from './demo/pull-request-page.ts';
import { createReviewers } from './demo/reviewers.ts';
import { createWorkflows } from './demo/runs.ts';
import { renderScreen } from './demo/screen.ts';
import { createStory } from './demo/story.ts';
import { createVerbs } from './demo/verbs.ts';
import { FIRST_MORNING, playWeek } from './demo/week.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

const PAGES = 'pull-requests';

export interface DemoOptions {
  /** Absolute; absent, empty, or left behind by the demo. */
  folder: string;
  /** A day is over: its screen. */
  show(screen: Parameters<typeof renderScreen>[0]): Promise<void> | void;
  progress(text: string): void;
  /** Hears how to stop the emulators, as soon as there is something to stop. */
  onStart(stop: () => Promise<void>): void;
}

export interface DemoResult {
  folder: string;
  days: string[];
  pullRequests: string[];
  commits: number;
  requests: number;
  seconds: number;
  accounts: Record<string, number>;
}

/** Plays the week. @throws Failure 2 when the folder is somebody else's, 1 when a step fails; the emulators are stopped either way */
export async function playDemo({ folder, show, progress, onStart }: DemoOptions): Promise<DemoResult> {
  const started = performance.now();
  await demandGit('.');
  await claimFolder(folder);
  progress('starting BambooHR, JumpCloud and GitHub');
  const company = readCompany(await readShippedGroups());
  const repository = `${company.name}/identity`;
  const seedFile = join(folder, OURS, 'seed.json');
  await writeSeed(seedFile, company, repository, await writeTemplate(folder, company));
  let stop = (): Promise<void> => Promise.resolve();
  try {
    const vendors = await startVendors(seedFile, (how) => {
      stop = how;
      onStart(how);
    });
    const repositoryUrl = `${vendors.urls.github}/${repository}`;
    const checkout = await openCheckout(folder, `${repositoryUrl}.git`, [OURS, PAGES]);
    let story = { instant: Date.parse(morning(company)), since: performance.now() };
    const now = (): Date => new Date(story.instant + performance.now() - story.since);
    const run = createVerbs({ root: folder, company: company.name, repository, urls: vendors.urls, now });
    const reviewers = createReviewers(vendors, repository);
    const pullRequests: string[] = [];
    const days: string[] = [];
    const stage = {
      vendors,
      reviewers,
      workflows: createWorkflows(folder, checkout, run, join(folder, OURS, 'approvals.json')),
      timeZone: company.timeZone,
      setClock(instant: string) {
        story = { instant: Date.parse(instant), since: performance.now() };
      },
      progress,
      async keep(number: number, approvedBy: string[]) {
        const path = `${PAGES}/${number}.html`;
        const [pullRequest, comments] = [await reviewers.look(number), await reviewers.comments(number)];
        await writeBelow(
          folder,
          path,
          renderPullRequestPage({ pullRequest, approvedBy, comments, repositoryUrl }),
        );
        pullRequests.push(path);
        return path;
      },
    };
    for await (const { day, title, number, of, rows } of playWeek(createStory(stage))) {
      days.push(day);
      await show({ day: longDay(day), title, place: `day ${number} of ${of}`, rows });
    }
    await checkout.refresh();
    const { states } = await readDirectory(vendors, company.timeZone);
    const requests = await vendors.countRequests();
    await leaveBehind(folder, vendors, checkout, now());
    const commits = Number(await checkout.git('rev-list', '--count', 'HEAD'));
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { folder, days, pullRequests, commits, requests, seconds, accounts: states };
  } finally {
    await stop();
  }
}

function morning({ timeZone }: Company): string {
  return instantOf(timeZone, FIRST_MORNING, '08:30');
}

async function writeSeed(file: string, company: Company, repository: string, from: string): Promise<void> {
  const people = Object.keys(REVIEWERS).map((login) => [
    `demo-${login}-token`,
    { login, type: 'User', permission: 'write' },
  ]);
  const seed = {
    now: morning(company),
    bamboohr: company.bamboohr,
    jumpcloud: company.jumpcloud,
    github: {
      repository,
      from,
      rules: 'protected',
      tokens: {
        'demo-app-token': { login: 'rollcall[bot]', type: 'Bot', bypass: true },
        'demo-reading-token': {
          login: 'github-actions[bot]',
          type: 'Bot',
          permissions: { contents: 'read', pull_requests: 'read' },
        },
        ...(Object.fromEntries(people) as object),
      },
    },
  };
  await writeFile(file, `${JSON.stringify(seed, undefined, 2)}\n`);
}

/** A repository that stands alone, and the two vendors as the week left them, to go on from. */
async function leaveBehind(
  folder: string,
  vendors: EmulatedVendors,
  checkout: Checkout,
  now: Date,
): Promise<void> {
  const [bamboohr, jumpcloud] = [
    await vendors.control('bamboohr', 'GET', '/state'),
    await vendors.control('jumpcloud', 'GET', '/state'),
  ];
  const seed = { now: now.toISOString(), bamboohr, jumpcloud };
  await writeFile(join(folder, OURS, 'seed.json'), `${JSON.stringify(seed, undefined, 2)}\n`);
  await rm(join(folder, OURS, 'first-commit'), { recursive: true });
  await rm(join(folder, OURS, 'approvals.json'), { force: true });
  await checkout.detach();
}

/** `Tuesday, 8 December 2026` */
function longDay(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(
    new Date(`${day}T12:00Z`),
  );
}

function closingText({ folder, pullRequests, commits, requests, seconds }: DemoResult, here: string): string {
  const near = relative(here, folder);
  const at = near.startsWith('..') ? folder : near || '.';
  const look = [
    [`git -C ${at} log --first-parent`, 'every step of the week, newest first'],
    [`git -C ${at} log --first-parent --stat -- state/people`, 'how the population changed'],
    [`git -C ${at} log -p -- state/people/60/1060.yaml`, "one person's life: Priya Raman's leave and return"],
    [
      `git -C ${at} log --format='%h %cd %s%n%(trailers)' -- state/receipts`,
      'every receipt: what, approved by whom',
    ],
    [
      `open ${at}/${pullRequests.at(-1) ?? PAGES}`,
      `the pull requests as they were reviewed (${pullRequests.length})`,
    ],
    [`npm run emulators -- --seed ${at}/${OURS}/seed.json`, 'the two vendors as the week left them'],
  ];
  return [
    `${commits} commits, ${pullRequests.length} pull requests, ${requests} requests over HTTP, ${seconds} seconds. The repository is in ${at}:`,
    '',
    ...look.flatMap(([command = '', meaning = '']) => [`  ${command}`, `      ${meaning}`]),
  ].join('\n');
}

const OPTIONS = {
  out: { type: 'string', value: 'DIR', description: 'the folder to make (default: demo)' },
  pause: { type: 'string', value: 'SECONDS', description: 'wait between the days (default: not at all)' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'demo',
  summary:
    'Plays a week of a company that does not exist, from BambooHR to JumpCloud, and leaves its repository.',
  details:
    'BambooHR, JumpCloud and GitHub are emulated on this machine; the verbs, the pull requests and the git repository are real. Nothing leaves the machine, and but for temporary files nothing outside the folder is written. A folder that the demo made before is made anew; any other that is not empty is refused.',
  options: OPTIONS,
  exits: { 1: 'a step of the story failed', 2: 'the folder is not the demo’s' },
  examples: [
    ['npm run demo', 'plays the week and leaves ./demo'],
    ['npm run demo -- --out /tmp/week --pause 10', 'somewhere else, slowly'],
  ],
  async run({ root, options, print, progress, onStop, colour, columns }) {
    const folder = resolve(root, options.out ?? 'demo');
    const pause = readPause(options.pause);
    const paint = paintWith(colour);
    const result = await playDemo({
      folder,
      async show(screen) {
        print(renderScreen(screen, paint, columns));
        if (pause > 0) await new Promise((done) => setTimeout(done, pause * 1_000));
      },
      progress: (text) => progress.update(text),
      onStart: (stop) => void onStop(stop),
    });
    return { json: { ...result, folder }, text: closingText(result, root) };
  },
};

function readPause(text: string | undefined): number {
  const seconds = Number(text ?? 0);
  if (!(seconds >= 0 && seconds <= 600))
    throw new Failure(
      2,
      'bad-pause',
      `--pause ${text ?? ''} is no number of seconds`,
      'leave it out for none',
    );
  return seconds;
}

if (isMain(import.meta)) await runDoor(door);
