/** A threat model that names tests which are not there, or which show something else by now, protects nobody. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VARIABLES } from '../../scripts/shell/variables.ts';
import { DISASTERS } from '../../scripts/disasters/catalogue.ts';

/** What in each named test shows the claim of SECURITY.md, word for word. */
const SHOWN_BY: Record<string, string> = {
  'adapters/bamboohr/read': 'a column that the answer leaves out is hidden, not empty',
  'adapters/fault-matrix': 'no route is forgotten',
  'adapters/files/yaml-source': 'never grows a small text into a large value',
  'adapters/github/fault-matrix': 'every endpoint of the source has a row',
  'adapters/http/proxy': 'goes through the proxy, by TLS from end to end',
  'adapters/http/send': 'a write that was doubtful once stays doubtful, whatever comes after',
  'adapters/http/values': 'an echo of all that is planted shows what is wrong and nothing that was planted',
  architecture: 'a planted fault is found',
  'audit/tampering': '3. a removed receipt',
  'core/directory/match':
    'two employees with one address hold each other, and swapped addresses are never adopted',
  'core/forge/approvals': 'effective approvals',
  'core/forge/decisions': 'what a pull request may touch',
  'core/mappings/expressions': 'lookup falls back, and never reaches the prototype',
  'core/notify/templates': 'an unknown placeholder is named at its line and column',
  'core/people/private-hr-field': 'is refused as a custom field',
  'core/people/stage': 'agrees with the table for every combination',
  'core/plan/from-disasters':
    'loses what it should, and is given nothing while nobody approved bringing it back',
  'core/plan/guardrails': 'the last administrator is not suspended',
  'core/plan/lifecycle': 'a future last day stays out of the file until the day itself',
  'core/relay/delivery': 'is refused today, truncated, with one byte changed, for another company',
  'core/render/commit-message': 'never makes a message that says more than one line for each trailer',
  'core/render/escape-markdown': 'whatever it is, it is shown as it is',
  'core/render/visible-text': 'nothing invisible is left',
  'disasters/disasters': 'are survived: nothing wrong, nothing missed',
  'disasters/interleaving': 'two applies of the same plans',
  'disasters/urgent-interleaving': 'an urgent exit and an apply of older approvals',
  'disasters/without-guard': 'every disaster has a guard that can be taken away',
  'fuzz/shown': 'is the same whatever strangers write',
  'line/approvals': 'does not count a plan that was edited in the pull request after the approval',
  'line/bad-input': 'a typo in a key',
  'line/crash': 'kill -9',
  'line/crash-of-many': 'a plan of two hundred actions',
  'line/pull-request-check': 'fails a plan in a pull request of a person, whatever its branch is called',
  'line/robustness': 'given or taken by somebody else in between: already, not an error',
  'notify/door': 'a future exit is in no message but of the route that asks for it',
  'notify/watch': 'a token that may not read runs is named, and is no silence',
  'privacy/every-door': 'no secret in any spelling, anywhere',
  'privacy/forge-canaries': 'no person and no token in messages of commits, names of branches and URLs',
  'privacy/security-document': 'say what shows it',
  'relay/relay': 'refuses what is forged, stale or ahead of its time with 401',
  'relay/replay-ledger': 'gives one of many at once the claim',
  'shell/door': 'holds no secret of the environment, in no form',
  'shell/redaction': 'out of a failure before it is escaped',
  'workflows/hardening': 'a fault that is planted is found',
  'workflows/mappings': 'facts without consequences are on main already',
};

const PROJECT = resolve(import.meta.dirname, '../..');
const text = readFileSync(resolve(PROJECT, '.github/SECURITY.md'), 'utf8');
const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');

describe('SECURITY.md', () => {
  test('names tests that exist and still say what shows it', () => {
    const tests = [...new Set(quoted.filter((word) => /^test\/.*\.test\.ts$/.test(word)))].sort();
    expect(
      Object.keys(SHOWN_BY)
        .map((name) => `test/${name}.test.ts`)
        .sort(),
    ).toEqual(tests);
    const silent = Object.entries(SHOWN_BY).filter(
      ([name, words]) => !readFileSync(resolve(PROJECT, `test/${name}.test.ts`), 'utf8').includes(words),
    );
    expect(silent).toEqual([]);
    expect(quoted.filter((word) => word.startsWith('test/') && !existsSync(resolve(PROJECT, word)))).toEqual(
      [],
    );
  });

  test('grants the App what the workflows ask for, and nothing else', () => {
    const folder = resolve(PROJECT, '.github/workflows');
    const asked = readdirSync(folder).flatMap((name) =>
      [...readFileSync(resolve(folder, name), 'utf8').matchAll(/permission-([a-z-]+): (read|write)/g)].map(
        ([, what = '', how = '']) =>
          `${what.replaceAll('-', ' ')}: ${how === 'write' ? 'read and write' : how}`,
      ),
    );
    const granted = /\*\*(contents: [^*]+)\*\*/
      .exec(text.replaceAll('\n', ' '))?.[1]
      ?.replaceAll(/\s+/g, ' ')
      .split(', ');
    expect([...new Set([...asked, 'metadata: read'])].sort()).toEqual(granted?.sort());
  });

  test('says for every threat which test shows it', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && line.split('|').length === 6);
    const threats = rows.filter((line) => !/^\| (who|what) \|/.test(line));
    expect(threats.length).toBeGreaterThan(20);
    expect(threats.filter((line) => !/`test\/|disasters? `/.test(line.split('|')[4] ?? ''))).toEqual([]);
  });

  test('names disasters that are played', () => {
    const played = new Set(DISASTERS.map(({ name }) => name));
    const named = [...text.matchAll(/disasters? ((?:`[a-z0-9-]+`(?:, )?)+)/g)].flatMap((match) =>
      [...(match[1] ?? '').matchAll(/`([a-z0-9-]+)`/g)].map((name) => name[1] ?? ''),
    );
    expect(named.length).toBeGreaterThan(12);
    expect(named.filter((name) => !played.has(name))).toEqual([]);
  });

  test('names environments, workflows and variables as they are', () => {
    const workflows = readWorkflows();
    const environments = new Set(
      [...workflows.matchAll(/^ {4}environment: (\S+)$/gm)].map((match) => match[1]),
    );
    expect([...environments].sort()).toEqual(
      ['directory-read', 'directory-write', 'forge', 'hr', 'notify', 'urgent'].sort(),
    );
    for (const environment of environments) expect(quoted).toContain(environment);
    const variables = quoted.filter((word) => /^[A-Z]+_[A-Z_]+$/.test(word));
    expect(variables.length).toBeGreaterThan(3);
    expect(variables.filter((name) => !VARIABLES.some((variable) => variable.name === name))).toEqual([]);
  });
});

function readWorkflows(): string {
  return ['sync', 'apply', 'urgent', 'reconcile', 'hold', 'guard', 'preview', 'checks']
    .map((name) => readFileSync(resolve(PROJECT, `.github/workflows/${name}.yml`), 'utf8'))
    .join('\n');
}
