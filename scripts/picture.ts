/** picture: the company's state as one static page, from git and nothing else. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openArchive } from './adapters/files/archive.ts';
import { DEFAULT_DAYS } from './core/audit/period.ts';
import { heldInPlans } from './core/audit/held-in-plans.ts';
import { type PersonOnHold, type Picture, renderPicturePage } from './core/audit/html-picture.ts';
import { DEFAULT_GOALS } from './core/audit/timeliness.ts';
import type { PersonFile } from './core/people/person-file.ts';
import { countPeople, countsText } from './core/render/count-people.ts';
import { labelOf } from './core/render/plan-view.ts';
import { addDays, dayIn } from './core/values/calendar.ts';
import { compareHrIds, personFileOf } from './core/values/hr-id.ts';
import type { Archive } from './flow/archive.ts';
import { casesOf, gatherEvidence, namesOfPeople, readPeopleAt } from './flow/gather-evidence.ts';
import { readRecordOfMain, type RecordOfMain } from './flow/verify-record.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

const OPTIONS = {
  out: { type: 'string', value: 'FILE', description: 'where to write the page (default: picture.html)' },
} as const;

/** When nothing is said by guardrails.yaml. */
const EXPIRE_HOURS = 72;

export const door: Door<typeof OPTIONS> = {
  name: 'picture',
  summary:
    'Draws the state of the company as one static page: what waits, who is on hold, exceptions, time to suspend.',
  details:
    'One file without scripts and requests, fit for an artefact of a workflow or a printer. It reads git only, and needs the whole history.',
  options: OPTIONS,
  shared: ['as-of'],
  examples: [['npm run picture -- --out public/index.html', 'writes the page']],
  async run({ root, asOf, options, now, progress }) {
    progress.update('reading git log');
    const archive = await openArchive(root, { checkSignatures: false });
    try {
      const picture = await takePicture(archive, asOf, now());
      const file = resolve(root, options.out ?? 'picture.html');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, renderPicturePage(picture));
      const { stages, pending, holds } = picture;
      return {
        json: { file, stages, pending, holds },
        text: `${file}: ${pending.length} plans wait, ${holds.length} people are on hold`,
      };
    } finally {
      archive.close();
    }
  },
};

export async function takePicture(archive: Archive, asOf: string | undefined, now: string): Promise<Picture> {
  const record = await readRecordOfMain(archive);
  const policy = await archive.policyAt(archive.head);
  const timeZone = policy?.lifecycle.timeZone ?? 'UTC';
  const to = asOf ?? dayIn(timeZone, now);
  const evidence = await gatherEvidence(archive, record, {
    period: { from: addDays(to, 1 - DEFAULT_DAYS), to, timeZone },
    goals: DEFAULT_GOALS,
    generatedAt: now,
    integrity: record.findings,
    derived: false,
  });
  const { people, unreadable } = await readPeopleAt(archive, archive.head);
  const names = namesOfPeople(people);
  const holds = await readHolds(archive, people, record, to);
  const stages: Record<string, number> = {};
  for (const { stage } of people) stages[stage] = (stages[stage] ?? 0) + 1;
  if (unreadable.length > 0) stages['unreadable'] = unreadable.length;
  const overdueMs = (policy?.guardrails.approvals.expireHours ?? EXPIRE_HOURS) * 3_600_000;
  return {
    evidence: {
      ...evidence,
      labels: {
        ...evidence.labels,
        ...Object.fromEntries(holds.map(({ person }) => [person, labelOf(person, names)])),
      },
    },
    stages,
    holds,
    pending: casesOf(record)
      .filter(({ receipt }) => receipt === undefined)
      .map(({ plan, plannedAt = '' }) => ({
        plan: plan.digest,
        lane: plan.lane,
        people: countsText(countPeople(plan.actions)),
        actions: plan.actions.length,
        since: plannedAt,
        over: plannedAt !== '' && Date.parse(now) - Date.parse(plannedAt) > overdueMs,
      }))
      .sort((a, b) => (a.since < b.since ? -1 : 1)),
  };
}

/** Those whose facts contradict each other, whom a reviewer holds, whom an exception holds, and whom the newest plan names. */
async function readHolds(
  archive: Archive,
  people: PersonFile[],
  { changes, plans, arrivals }: RecordOfMain,
  today: string,
): Promise<PersonOnHold[]> {
  const since = new Map<string, string>();
  for (const { change, main } of changes)
    if (change.path.startsWith('state/people/')) since.set(change.path, main.at);
  const holds: PersonOnHold[] = people.flatMap(({ stage, hold, employee, missingSince }): PersonOnHold[] =>
    stage !== 'hold' || hold === undefined || hold.code === 'out-of-scope'
      ? []
      : [
          {
            person: employee.id,
            code: hold.code,
            why: hold.message,
            since: missingSince ?? since.get(personFileOf(employee.id)) ?? '',
            until: '',
          },
        ],
  );
  const blob = archive.state.get('state/holds.yaml');
  const byReviewers = blob === undefined ? {} : await archive.holds(blob);
  for (const [person, { by, at, until, reason }] of Object.entries(byReviewers))
    if (until === undefined || until >= today)
      holds.push({
        person,
        code: 'held-by-reviewer',
        why: `${reason} (${by})`,
        since: at,
        until: until ?? '',
      });
  for (const exception of (await archive.policyAt(archive.head))?.exceptions ?? [])
    if (exception.kind === 'hold' && exception.expires >= today)
      holds.push({
        person: exception.person,
        code: 'held-by-exception',
        why: `${exception.reason} (${exception.owner})`,
        since: '',
        until: exception.expires,
      });
  const indexOf = (name: string): number => arrivals.get(`state/plans/${name}`)?.index ?? 0;
  const whole = [...plans]
    .filter(([, { lane }]) => lane !== 'urgent')
    .sort((a, b) => indexOf(a[0]) - indexOf(b[0]))
    .map(([, plan]) => plan);
  for (const held of heldInPlans(whole))
    if (!holds.some(({ person }) => person === held.person)) holds.push({ ...held, until: '' });
  return holds.sort((a, b) => compareHrIds(a.person, b.person));
}

if (isMain(import.meta)) await runDoor(door);
