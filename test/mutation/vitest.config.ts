/** The fast tests alone, without child processes; or those that `MUTATION_TESTS` names, comma-separated. */
import { defineConfig } from 'vitest/config';

const QUICK = ['test/{core,flow}/**/*.test.ts', 'test/adapters/*/*.test.ts', 'test/relay/*.test.ts'];
const named = process.env['MUTATION_TESTS']?.split(',');

export default defineConfig({
  test: {
    include: named ?? QUICK,
    isolate: false,
    // A mutant is met by every law: few runs of each are enough, and thousands of mutants wait.
    env: { ROLLCALL_LAWS: '4' },
    testTimeout: 30_000,
  },
});
