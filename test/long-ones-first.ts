/** Which test files begin first: those that take long, so that no worker is left alone with one of them at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const LONG_ONES = [
  'test/quality.test.ts',
  'test/workflows/',
  'test/demo/',
  'test/disasters/',
  'test/line/',
  'test/relay/',
  'test/audit/',
];

export class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONG_ONES.findIndex((part) => moduleId.includes(`/${part}`));
      return found === -1 ? LONG_ONES.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
