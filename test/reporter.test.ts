import { describe, expect, it } from 'vitest';
import createCountReporter, { countLine } from './reporter.ts';

describe('the last line', () => {
  it('is what is looked for', () => {
    expect(countLine(12, 0)).toBe('12 passed, 0 failed');
    expect(Object.keys(createCountReporter())).toEqual(['onTestRunEnd']);
  });
});
