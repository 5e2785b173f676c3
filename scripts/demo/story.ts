/** What a day of the story has at hand. */
import { personFileOf } from '../core/values/hr-id.ts';
import { type Day, instantOf } from '../core/values/calendar.ts';
import { type Directory, readDirectory } from './directory.ts';
import type { EmulatedVendors } from './emulated-vendors.ts';
import { createHr, type Hr } from './hr.ts';
import type { Reviewers } from './reviewers.ts';
import type { SyncRun, Workflows } from './runs.ts';
import type { Row } from './screen.ts';
import { tellReview, tellSync } from './tell-run.ts';

export interface Story {
  hr: Hr;
  /** The clock of everybody: `goTo('2026-12-07', '09:00')` in company time. */
  goTo(day: Day, time: string): Promise<void>;
  /** A sync at `time`; where it asks for review, the review and what follows a quarter of an hour later. */
  settle(day: Day, time: string, laterTime: string): Promise<Settled>;
  directory(): Promise<Directory>;
}

export interface Settled {
  rows: Row[];
  run: SyncRun;
  /** Files to open, relative to the folder. */
  files: string[];
}

/** What the days need of the stage they play on. */
export interface Stage {
  vendors: EmulatedVendors;
  workflows: Workflows;
  reviewers: Reviewers;
  timeZone: string;
  setClock(instant: string): void;
  progress(text: string): void;
  /** Leaves a merged pull request behind to look at. @returns its path from the folder */
  keep(number: number, approvedBy: string[]): Promise<string>;
}

export function createStory(stage: Stage): Story {
  const { vendors, workflows, reviewers, timeZone, setClock, progress, keep } = stage;
  const goTo = async (day: Day, time: string): Promise<void> => {
    const instant = instantOf(timeZone, day, time);
    setClock(instant);
    await vendors.setClocks(instant);
  };
  return {
    hr: createHr(vendors),
    goTo,
    async settle(day, time, laterTime) {
      await goTo(day, time);
      progress(`${day} ${time}: sync`);
      const run = await workflows.sync();
      const rows = tellSync(time, run);
      const files = run.applied.map(({ file }) => file);
      if (run.review === undefined || run.pullRequest === undefined) return { rows, run, files };
      await goTo(day, laterTime);
      progress(`${day} ${laterTime}: review and apply`);
      const approvedBy = await reviewers.approveAndMerge(run.pullRequest, run.review);
      const applied = await workflows.afterMerge();
      rows.push(...tellReview(laterTime, run.pullRequest, approvedBy, applied));
      files.unshift(await keep(run.pullRequest, approvedBy));
      return { rows, run, files: [...files, ...applied.map(({ file }) => file)] };
    },
    directory: () => readDirectory(vendors, timeZone),
  };
}

/** Which files to open, as a shell takes them: a digest is told by its beginning. */
export function tellFiles(people: string[], files: string[]): Row {
  const short = files.map((file) => file.replace(/(-[0-9a-f]{7})[0-9a-f]{57}\.json$/, '$1*.json'));
  return { time: '', who: 'look at', lines: [...people.map(personFileOf), ...short].map((dim) => ({ dim })) };
}
