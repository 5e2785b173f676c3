/** The fast tests alone: what a decision is made of, without processes and sockets. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts', 'test/adapters/http/**/*.test.ts', 'test/relay/*.test.ts'],
    isolate: false,
    // A mutant is met by every law: few runs of each are enough, and thousands of mutants wait.
    env: { ROLLCALL_LAWS: '4' },
    testTimeout: 30_000,
  },
});
