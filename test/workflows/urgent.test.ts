/** urgent.yml, run from the event and by hand, while another apply is at work beside it. */
import { expect, test } from 'vitest';
import { play } from './scenarios.ts';

test('who goes is out in the end, and it is on the record', { timeout: 120_000 }, async () => {
  expect(await play('urgent')).toEqual({ wrong: [], failures: '' });
});
