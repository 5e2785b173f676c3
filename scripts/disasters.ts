/** disasters: bad days, played with the real doors against the emulators, and what came of them. */
import { badUsage } from './core/values/failure.ts';
import { DISASTERS } from './disasters/catalogue.ts';
import { renderScoreboard } from './disasters/render-scoreboard.ts';
import { type DisasterResult, playDisasters } from './disasters/scoreboard.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

const OPTIONS = {
  play: { type: 'string', value: 'NAME[,NAME]', description: 'only these disasters' },
  list: { type: 'boolean', description: 'say which there are, and play none' },
} as const;

function choose(names: string | undefined): typeof DISASTERS {
  if (names === undefined) return DISASTERS;
  return names.split(',').map((name) => {
    const found = DISASTERS.find((disaster) => disaster.name === name.trim());
    if (found === undefined)
      throw badUsage(
        'no-such-disaster',
        `--play: there is no disaster ${JSON.stringify(name.trim())}`,
        'npm run disasters -- --list  names them all',
      );
    return found;
  });
}

/** One that passed in silence was not survived. */
function isSurvived({ wrong, missed, untold }: DisasterResult): boolean {
  return wrong.length + missed.length + untold.length === 0;
}

export const door: Door<typeof OPTIONS> = {
  name: 'disasters',
  summary: 'Plays bad days with the real verbs, and counts wrong and missed writes from what JumpCloud saw.',
  details:
    'BambooHR and JumpCloud are emulated on this machine; nothing leaves it. Wrong writes are facts of JumpCloud that were changed and ought not to have been, missed writes those that ought to have been and were not: both are counted from the request log and the end state of the emulator, never from Rollcall’s own receipts.',
  options: OPTIONS,
  exits: {
    0: 'no wrong write, no missed one, and everything was told that had to be',
    1: 'not so: the table says which',
  },
  examples: [
    ['npm run disasters', 'all of them'],
    ['npm run disasters -- --play empty-hr,layoff-of-forty', 'these two'],
  ],
  async run({ options, progress, print, onStop }) {
    if (options.list)
      return {
        json: { disasters: DISASTERS.map(({ name, what }) => ({ name, what })) },
        text: DISASTERS.map(({ name, what }) => `${name}\n    ${what}`).join('\n'),
      };
    const results = await playDisasters({
      disasters: choose(options.play),
      progress: (text) => progress.update(text),
      onStart: (stop) => void onStop(stop),
    });
    const bad = results.filter((result) => !isSurvived(result));
    print(renderScoreboard(results));
    return {
      exit: bad.length > 0 ? 1 : 0,
      json: {
        disasters: results.map(({ name, wrong, missed, told }) => ({
          name,
          wrongWrites: wrong.length,
          missedWrites: missed.length,
          told: told.join('; '),
        })),
      },
      text: closing(results.length, bad),
    };
  },
};

function closing(count: number, bad: DisasterResult[]): string {
  if (bad.length === 0) return `${count} disasters, no wrong write, no missed one.`;
  return bad
    .flatMap(({ name, wrong, missed, untold }) => [
      `${name}:`,
      ...wrong.map((key) => `  wrong: ${key}`),
      ...missed.map((key) => `  missed: ${key}`),
      ...untold.map((tell) => `  not told: ${tell}`),
    ])
    .join('\n');
}

if (isMain(import.meta)) await runDoor(door);
