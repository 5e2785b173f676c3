/** The fast tests alone: what a decision is made of, without processes and sockets; or those that `MUTATION_TESTS` names. */
import { defineConfig } from 'vitest/config';

const QUICK = ['test/core/**/*.test.ts', 'test/adapters/http/**/*.test.ts', 'test/relay/*.test.ts'];
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
