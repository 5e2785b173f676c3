/** The options of a door: those that every door has, those that several share, and its own. */
import { Lane } from '../core/plan/plan-file.ts';

export interface OptionSpec {
  type: 'string' | 'boolean';
  description: string;
  /** What stands for the value in the help: `DIR`, `N`. */
  value?: string;
  /** May be given more than once. */
  multiple?: true;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** What `run` gets for each option of its table. */
export type OptionValues<O extends OptionTable> = {
  [K in keyof O]: O[K]['type'] extends 'boolean'
    ? boolean
    : O[K] extends { multiple: true }
      ? string[]
      : string | undefined;
};

export const EVERYWHERE = {
  root: {
    type: 'string',
    value: 'DIR',
    description: "work on another checkout's state/ and mappings/ (default: the current folder)",
  },
  json: { type: 'boolean', description: 'print one JSON document on stdout and nothing else there' },
  help: { type: 'boolean', description: 'show this text' },
} as const satisfies OptionTable;

/** Shared options, in the words of the contract; a door names those that it takes. */
export const SHARED = {
  'as-of': {
    type: 'string',
    value: 'YYYY-MM-DD',
    description: "the day it is (default: today in the company's time zone)",
  },
  only: {
    type: 'string',
    value: 'ID[,ID]',
    multiple: true,
    description: 'only these people, by HR id',
  },
  lane: { type: 'string', value: Lane.options.join('|'), description: 'only this lane' },
} as const satisfies OptionTable;

export type SharedOption = keyof typeof SHARED;
