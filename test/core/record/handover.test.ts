/** What one job hands to the next, and the other files of state/: which paths and values may stand in them at all. */
import { describe, expect, test } from 'vitest';
import { PinnedGroupsFile } from '../../../scripts/core/record/groups-file.ts';
import {
  belongsTo,
  type Handover,
  handoverText,
  PartName,
  readHandover,
  rootsOf,
} from '../../../scripts/core/record/handover.ts';
import { HoldsFile } from '../../../scripts/core/record/holds-file.ts';
import { Manifest } from '../../../scripts/core/record/manifest.ts';
import { sha256 } from '../../../scripts/core/values/canonical-json.ts';

const COMMIT = 'c'.repeat(40);
const MAY: Record<PartName, string[]> = {
  exported: ['state/people/42/1042.yaml', 'state/export.json'],
  planned: ['state/plans/2026-03-02-abc.json', 'state/groups.yaml'],
  approvals: ['approvals.json'],
  applied: ['state/receipts/2026-03-02-abc.json'],
  preview: ['preview.md'],
};
const NEVER = [
  '',
  'scripts/apply.ts',
  'package.json',
  'mappings/guardrails.yaml',
  'state/holds.yaml',
  'state/people/1042.yaml',
  'state/people/42/../../../package.yaml',
  'state/people/../42/1042.yaml',
  'state/people/42/1042.yaml\n',
  'state/people/42/1042.yml',
  'state/people/42/.1042.yaml',
  'state/plans/../receipts/a.json',
  'state/plans/a.yaml',
  'state/plans/deep/a.json',
  'state/receipts/a-json',
  'state/receipts/',
  'state/groups-yaml',
  'state/export-json',
  'approvals-json',
  'preview-md',
];

function read(handover: Partial<Handover>, expected: Partial<Parameters<typeof readHandover>[1]> = {}) {
  const files = { [MAY.planned[0] ?? '']: '{}\n' };
  const text = handoverText({ version: 1, part: 'planned', commit: COMMIT, files, ...handover });
  return readHandover(text, { part: 'planned', sha256: sha256(text), commit: COMMIT, ...expected });
}

describe('paths', () => {
  test.each(PartName.options)('%s may hold its own, and nothing of the others', (part) => {
    for (const owner of PartName.options)
      for (const path of MAY[owner]) expect([path, belongsTo(part, path)]).toEqual([path, owner === part]);
  });

  test.each(PartName.options)('%s holds no code, no rule, and nothing outside its folder', (part) => {
    for (const path of NEVER) {
      expect([path, belongsTo(part, path)]).toEqual([path, false]);
      for (const own of MAY[part]) {
        expect(belongsTo(part, `x/${own}`)).toBe(false);
        expect(belongsTo(part, `${own}/x`)).toBe(false);
      }
    }
  });

  test.each(PartName.options)('%s: its roots are where its files lie', (part) => {
    for (const path of MAY[part])
      expect(rootsOf(part).filter((root) => path === root || path.startsWith(`${root}/`))).toHaveLength(1);
    expect(rootsOf(part)).toHaveLength(MAY[part].length);
  });
});

describe('a handover', () => {
  test('is read back as it was given', () => {
    expect(read({})).toMatchObject({ ok: true, handover: { part: 'planned', commit: COMMIT } });
  });

  test('is refused when a byte of it is another', () => {
    expect(read({}, { sha256: sha256('other') })).toEqual({
      ok: false,
      message: 'it is not the file that the job before handed on: its sha256 differs',
    });
  });

  test('is refused when it is none', () => {
    for (const text of [
      '{',
      '[]',
      '{}',
      handoverText({ version: 1, part: 'planned', commit: 'x', files: {} }),
    ])
      expect(readHandover(text, { part: 'planned', sha256: sha256(text), commit: COMMIT })).toEqual({
        ok: false,
        message: 'it is not a handover',
      });
  });

  test('is refused as another part', () => {
    const files = { 'state/receipts/a.json': '{}' };
    expect(read({ part: 'applied', files })).toEqual({ ok: false, message: 'it is applied, not planned' });
  });

  test('is refused on another commit', () => {
    expect(read({ commit: 'd'.repeat(40) })).toEqual({
      ok: false,
      message: `it was made on commit ${'d'.repeat(12)}, and ${'c'.repeat(12)} is checked out`,
    });
  });

  test('is refused with one stranger among its files', () => {
    const files = { 'state/groups.yaml': '', 'scripts/apply.ts': 'evil' };
    expect(read({ files })).toEqual({
      ok: false,
      message: '"scripts/apply.ts" is no file that planned may hold',
    });
  });
});

describe('other files of state/', () => {
  const at = '2026-03-02T12:00:00Z';
  const hold = { by: 'ann', at, reason: 'ask HR' };
  const manifest = {
    version: 1,
    startedAt: at,
    finishedAt: at,
    asOf: '2026-03-02',
    complete: true,
    total: 0,
    files: { 'state/people/42/1042.yaml': 'a'.repeat(64) },
  };

  test('empty files hold nothing', () => {
    expect(PinnedGroupsFile.parse({})).toEqual({ groups: {} });
    expect(HoldsFile.parse({})).toEqual({ holds: {} });
  });

  test('what they hold is read', () => {
    const groups = { 'All Staff': '5f0c1e-A' };
    expect(PinnedGroupsFile.parse({ groups })).toEqual({ groups });
    const holds = { '7': { ...hold, until: '2026-03-09', pullRequest: 3 } };
    expect(HoldsFile.parse({ holds })).toEqual({ holds });
    expect(Manifest.parse({ ...manifest, only: ['7'], refused: 'x' })).toMatchObject({
      total: 0,
      only: ['7'],
    });
  });

  test.each(['', '../users', 'a b', 'a'.repeat(65), 'x/y', 'x?'])('%j is no id of a group', (id) => {
    const read = PinnedGroupsFile.safeParse({ groups: { Staff: id } });
    expect(read.error?.issues.map(({ message }) => message)).toEqual(['not an id of JumpCloud']);
  });

  test.each([
    ['a group without a name', PinnedGroupsFile, { groups: { '': 'a1' } }],
    ['another key beside groups', PinnedGroupsFile, { groups: {}, extra: 1 }],
    ['a hold of nobody', HoldsFile, { holds: { '7': { ...hold, by: '' } } }],
    ['a hold with a novel', HoldsFile, { holds: { '7': { ...hold, reason: 'x'.repeat(501) } } }],
    ['a hold until some time', HoldsFile, { holds: { '7': { ...hold, until: 'Friday' } } }],
    ['a hold on no HR id', HoldsFile, { holds: { '../7': hold } }],
    ['a hold with another key', HoldsFile, { holds: { '7': { ...hold, extra: 1 } } }],
    ['another key beside holds', HoldsFile, { extra: 1 }],
    ['an export of fewer than none', Manifest, { ...manifest, total: -1 }],
    ['an export of half a person', Manifest, { ...manifest, total: 0.5 }],
    ['an export with another key', Manifest, { ...manifest, extra: 1 }],
    ['an export of the future version', Manifest, { ...manifest, version: 2 }],
    ['a digest with more behind it', Manifest, { ...manifest, files: { a: `${'a'.repeat(64)}b` } }],
    ['a digest with more before it', Manifest, { ...manifest, files: { a: `b${'a'.repeat(64)}` } }],
    ['an export at no time', Manifest, { ...manifest, finishedAt: 'now' }],
  ])('%s is refused', (_, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});
