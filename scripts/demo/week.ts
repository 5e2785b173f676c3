/** The week: five days, each told by what HR did, what was planned and decided, and what JumpCloud has then. */
import type { Day } from '../core/values/calendar.ts';
import type { Line, Row } from './screen.ts';
import { type Story, tellFiles } from './story.ts';
import { tellCleared, tellHeld, tellSuspensions } from './tell-run.ts';

/** Who joins the company while the story runs. */
interface Cast {
  hired: string;
}

interface Act {
  day: Day;
  title: string;
  play(story: Story, cast: Cast): Promise<Row[]>;
}

const MONDAY = '2026-12-07';
const TUESDAY = '2026-12-08';
const WEDNESDAY = '2026-12-09';
const THURSDAY = '2026-12-10';
const FRIDAY = '2026-12-11';
/** HR ids of company.yaml. */
const KOFI = '1042';
const PRIYA = '1060';
const JONAS = '1061';
const CHIDI = '1062';
const VICTOR = '1063';
const NOOR = '1064';

/** The first day: adopt and create, then put right what was adopted, until nothing is left. */
async function playFirstDay(story: Story): Promise<Row[]> {
  const before = await story.directory();
  const first = await story.settle(MONDAY, '09:00', '09:40');
  const second = await story.settle(MONDAY, '10:00', '10:20');
  const third = await story.settle(MONDAY, '10:40', '11:00');
  const now = await story.directory();
  return [
    {
      time: '08:30',
      who: 'BambooHR',
      lines: [
        `${first.run.employees} employees. JumpCloud has ${before.accounts} accounts; ${before.linked} of them know whose they are: those of the two who review, so that no plan is about themselves.`,
      ],
    },
    ...first.rows,
    { time: '', who: 'leavers', lines: tellSuspensions(first.run) },
    { time: '', who: 'cleared', lines: tellCleared(first.run, third.run) },
    ...second.rows,
    ...third.rows,
    { time: '', who: 'on hold', lines: tellHeld(third.run) },
    {
      time: '',
      who: 'JumpCloud',
      lines: [
        `${now.accounts} accounts, ${now.linked} linked: ${statesText(now.states)}. Accounts of nobody are left alone.`,
        `${now.account(KOFI)}`,
        ...now.armed(KOFI).map((armed) => `  armed: ${armed}`),
      ],
    },
    tellFiles([KOFI], [...first.files.slice(0, 2), ...second.files.slice(0, 1)]),
  ];
}

/** The new one is created staged and armed: nothing more has to happen for the first morning. */
async function playHireAndLeave(story: Story, cast: Cast): Promise<Row[]> {
  await story.goTo(TUESDAY, '08:30');
  const hired = await story.hr.hire({
    firstName: 'Saoirse',
    lastName: 'Ní Bhriain',
    workEmail: 'saoirse.nibhriain@example.com',
    jobTitle: 'Site Reliability Engineer',
    department: 'Engineering',
    location: 'London, UK',
    supervisorEId: '1005',
    status: 'Active',
    employmentHistoryStatus: 'Full-Time',
    hireDate: FRIDAY,
  });
  cast.hired = hired;
  await story.hr.addRow(PRIYA, 'employmentStatus', { date: TUESDAY, employmentStatus: 'Furloughed' });
  const { rows, files } = await story.settle(TUESDAY, '09:00', '09:30');
  const now = await story.directory();
  return [
    said('08:30', [
      `hires Saoirse Ní Bhriain as Site Reliability Engineer; her first day is Friday`,
      `enters that Priya Raman is on furlough from today`,
    ]),
    ...rows,
    jumpCloud([
      now.account(hired),
      ...now.armed(hired).map((armed) => `  armed: ${armed}`),
      now.account(PRIYA),
    ]),
    tellFiles([hired, PRIYA], files),
  ];
}

async function playTransfer(story: Story): Promise<Row[]> {
  await story.goTo(WEDNESDAY, '08:30');
  await story.hr.addRow(JONAS, 'jobInfo', {
    date: WEDNESDAY,
    location: 'London, UK',
    department: 'Product',
    jobTitle: 'Technical Product Manager',
    reportsTo: 'Ruth Abernathy',
  });
  await story.hr.edit(CHIDI, { preferredName: 'Chidi', workPhone: '+44 20 7946 0262' });
  const { rows, files } = await story.settle(WEDNESDAY, '09:00', '11:15');
  const now = await story.directory();
  return [
    said('08:30', [
      'moves Jonas Lindqvist from Engineering to Product, under Ruth Abernathy',
      'enters that Chidiebere Eze is called Chidi, and his new phone number',
    ]),
    ...rows,
    jumpCloud([
      now.account(JONAS),
      `${now.profile(CHIDI).username}: ${now.profile(CHIDI).displayname ?? ''}`,
    ]),
    tellFiles([JONAS, CHIDI], files),
  ];
}

/** Out at once and without a review; beside it a slip of HR's that would lock somebody out if it were believed. */
async function playTerminationAndMistake(story: Story): Promise<Row[]> {
  await story.goTo(THURSDAY, '14:00');
  await story.hr.addRow(VICTOR, 'employmentStatus', { date: THURSDAY, employmentStatus: 'Terminated' });
  await story.hr.edit(NOOR, { hireDate: '2027-12-11' });
  const { rows, run, files } = await story.settle(THURSDAY, '14:05', '14:30');
  const now = await story.directory();
  const bindings = now.bindings(VICTOR);
  return [
    said('14:00', [
      'ends the employment of Victor Lang, today',
      'mistypes the hire date of Noor van Dijk, here since 2017: 2027-12-11',
    ]),
    ...rows,
    {
      time: '',
      who: 'on hold',
      lines: tellHeld({ ...run, held: run.held.filter(({ person }) => person === NOOR) }),
    },
    jumpCloud([
      `${now.account(VICTOR)}; ${bindings.length === 0 ? 'no device, no policy' : bindings.join(', ')}`,
      `${now.account(NOOR)}`,
      now.account(KOFI),
      { dim: '  activated by JumpCloud itself at midnight, as armed on Monday: it is his first day' },
    ]),
    tellFiles([VICTOR, NOOR], files),
  ];
}

/** Dates that come true without a run, and the return that gives back what leave had taken. */
async function playStartAndReturn(story: Story, { hired }: Cast): Promise<Row[]> {
  await story.goTo(FRIDAY, '08:00');
  const morning = await story.directory();
  await story.goTo(FRIDAY, '08:30');
  await story.hr.addRow(PRIYA, 'employmentStatus', { date: FRIDAY, employmentStatus: 'Full-Time' });
  await story.hr.edit(NOOR, { hireDate: '2017-12-11' });
  const { rows, files } = await story.settle(FRIDAY, '09:00', '09:30');
  const last = await story.settle(FRIDAY, '10:00', '10:30');
  const now = await story.directory();
  return [
    {
      time: '08:00',
      who: 'JumpCloud',
      lines: [
        morning.account(hired),
        { dim: '  her first morning: activated at midnight as armed on Tuesday, no run was needed' },
        ...morning
          .mailsTo('saoirse.nibhriain@example.com')
          .map((mail) => ({ dim: `  mail to her: ${mail}` })),
      ],
    },
    said('08:30', ['ends the furlough of Priya Raman', 'corrects the hire date of Noor van Dijk']),
    ...rows,
    ...last.rows,
    jumpCloud([
      now.account(PRIYA),
      ...now.bindings(PRIYA).map((binding) => `  ${binding}`),
      now.account(NOOR),
    ]),
    tellFiles([hired, PRIYA, NOOR], files),
  ];
}

const ACTS: Act[] = [
  { day: MONDAY, title: 'The first day: who is who', play: playFirstDay },
  { day: TUESDAY, title: 'A hire, and a leave begins', play: playHireAndLeave },
  { day: WEDNESDAY, title: 'A transfer, and a new phone number', play: playTransfer },
  { day: THURSDAY, title: 'A termination, and a slip of the keyboard', play: playTerminationAndMistake },
  { day: FRIDAY, title: 'A first morning, and a return', play: playStartAndReturn },
];

export const FIRST_MORNING: Day = MONDAY;

export interface PlayedDay {
  day: Day;
  title: string;
  number: number;
  of: number;
  rows: Row[];
}

/** Plays one day after the other. @throws what a step threw, with the day it happened on */
export async function* playWeek(story: Story): AsyncGenerator<PlayedDay> {
  const cast: Cast = { hired: '' };
  for (const [index, { day, title, play }] of ACTS.entries())
    yield { day, title, number: index + 1, of: ACTS.length, rows: await play(story, cast) };
}

function said(time: string, lines: Line[]): Row {
  return { time, who: 'HR', lines };
}

function jumpCloud(lines: Line[]): Row {
  return { time: '', who: 'JumpCloud', lines };
}

function statesText(states: Record<string, number>): string {
  return Object.entries(states)
    .sort()
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}
