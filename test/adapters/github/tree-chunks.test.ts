/** How a commit is cut into calls: what GitHub has already is named, what is large goes up by itself, and nothing is left out. */
import { describe, expect, test } from 'vitest';
import {
  cutTree,
  MAX_BYTES,
  MAX_ENTRIES,
  type TreeEntry,
} from '../../../scripts/adapters/github/tree-chunks.ts';
import { blobIdOf } from '../../../scripts/core/forge/blob-id.ts';

const head = (path: string) => ({ path, mode: '100644', type: 'blob' }) as const;
const NONE: ReadonlySet<string> = new Set();
const LARGE = 'x'.repeat(MAX_BYTES);
/** As JSON, with what an entry costs besides, so many of them fill a call to the byte. */
const filling = (count: number) => 'y'.repeat(MAX_BYTES / count - 2 - 100 - 'a'.length);

const many = (count: number, text: string | null = 'x') =>
  Array.from({ length: count }, (_, index) => ({ path: `state/people/${index}.yaml`, text }));
const sizes = (changes: { path: string; text: string | null }[]): number[] =>
  cutTree(changes, NONE).chunks.map(({ entries }) => entries.length);

describe('one file', () => {
  const cases: [string, string | null, ReadonlySet<string>, TreeEntry, brings: string[], blobs: string[]][] =
    [
      ['that is new goes inline', 'x', NONE, { ...head('a'), content: 'x' }, [blobIdOf('x')], []],
      ['that is empty too', '', NONE, { ...head('a'), content: '' }, [blobIdOf('')], []],
      ['that is deleted', null, NONE, { ...head('a'), sha: null }, [], []],
      [
        'that GitHub has from an earlier try is named',
        'x',
        new Set([blobIdOf('x')]),
        { ...head('a'), sha: blobIdOf('x') },
        [],
        [],
      ],
      ['that is too large goes up first', LARGE, NONE, { ...head('a'), sha: blobIdOf(LARGE) }, [], [LARGE]],
      [
        'that is too large and there already is not sent again',
        LARGE,
        new Set([blobIdOf(LARGE)]),
        { ...head('a'), sha: blobIdOf(LARGE) },
        [],
        [],
      ],
    ];
  test.each(cases)('%s', (_, text, uploaded, entry, brings, blobs) => {
    expect(cutTree([{ path: 'a', text }], uploaded)).toEqual({
      blobs: blobs.map((each) => ({ id: blobIdOf(each), text: each })),
      chunks: [{ entries: [entry], brings }],
    });
  });
});

test('the same large text in two files goes up once', () => {
  const { blobs, chunks } = cutTree(
    [
      { path: 'a', text: LARGE },
      { path: 'b', text: LARGE },
    ],
    NONE,
  );
  expect(blobs).toHaveLength(1);
  expect(chunks.flatMap(({ entries }) => entries.map(({ path }) => path))).toEqual(['a', 'b']);
});

describe('many files', () => {
  test('are cut by their number', () => {
    expect(sizes([])).toEqual([]);
    expect(sizes(many(MAX_ENTRIES))).toEqual([MAX_ENTRIES]);
    expect(sizes(many(2 * MAX_ENTRIES + 1, null))).toEqual([MAX_ENTRIES, MAX_ENTRIES, 1]);
  });

  test('and by their bytes, what is named counting for its name only', () => {
    const text = filling(4);
    const full = [...'abcd'].map((path) => ({ path, text }));
    expect(sizes(full)).toEqual([4]);
    expect(sizes([...full, { path: 'e', text: '' }])).toEqual([4, 1]);
    expect(sizes([...full.slice(0, 3), { path: 'd', text: `${text}y` }])).toEqual([3, 1]);
    expect(sizes([...full.slice(0, 3), { path: 'd', text: LARGE }])).toEqual([4]);
    // What fills the first call counts no more in the second.
    expect(sizes([...full, ...full])).toEqual([4, 4]);
  });

  test('keep their order and are all there, each bringing its own', () => {
    const changes = many(MAX_ENTRIES + 3).map(({ path }, index) => ({ path, text: `${index}` }));
    const { chunks } = cutTree(changes, NONE);
    expect(chunks.flatMap(({ entries }) => entries.map(({ path }) => path))).toEqual(
      changes.map(({ path }) => path),
    );
    expect(chunks.map(({ brings }) => brings.length)).toEqual([MAX_ENTRIES, 3]);
    expect(chunks[1]?.brings[0]).toBe(blobIdOf(`${MAX_ENTRIES}`));
  });
});
