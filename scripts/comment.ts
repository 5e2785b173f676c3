/** comment: a file of Markdown becomes the one comment of its kind on a pull request, replaced when it changes. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { badUsage } from './core/values/failure.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { openForge } from './shell/forge.ts';

const OPTIONS = {
  'pull-request': { type: 'string', value: 'N', description: 'its number' },
  marker: { type: 'string', value: 'NAME', description: 'the kind: one comment of a kind stands on it' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'comment',
  summary: 'Puts a file of Markdown on a pull request, as one comment that is kept up to date.',
  details: 'Nothing is written when the comment says it already. Needs to write pull requests, nothing else.',
  options: OPTIONS,
  positionals: { usage: 'FILE', description: 'the Markdown', min: 1, max: 1 },
  variables: ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL'],
  examples: [['npm run comment -- preview.md --pull-request 12 --marker preview', 'after preview']],
  async run({ root, environment, positionals, options, progress }) {
    const number = Number(options['pull-request']);
    if (!Number.isSafeInteger(number) || number < 1)
      throw badUsage('bad-number', '--pull-request is no number', 'give the number of the pull request');
    const { marker } = options;
    if (marker === undefined || !/^[a-z][a-z-]*$/.test(marker))
      throw badUsage('bad-marker', '--marker is no name of letters and dashes', 'give one, such as preview');
    const [file = ''] = positionals;
    const body = await readFile(resolve(root, file), 'utf8').catch(() => undefined);
    if (body === undefined) throw badUsage('no-file', 'the Markdown cannot be read', 'name an existing file');
    const { forge } = openForge(environment, { progress });
    const changed = await forge.putComment(number, marker, body, true);
    return { json: { pullRequest: number, changed }, text: changed ? 'written' : 'it stands there already' };
  },
};

if (isMain(import.meta)) await runDoor(door);
