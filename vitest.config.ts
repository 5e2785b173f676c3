import { defineConfig } from 'vitest/config';
import { LongOnesFirst } from './test/long-ones-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Ten times faster than a new world for every file; tests clean up after themselves.
    isolate: false,
    // Processes, not threads: tests start servers and child processes and have an environment each.
    pool: 'forks',
    // One more than the cores of a small machine: whole flows wait for processes, and for pauses before another try.
    maxWorkers: 3,
    globalSetup: './test/run-folder.ts',
    sequence: { sequencer: LongOnesFirst },
    // Thousands of seeds of one kind of text take half a minute by themselves.
    testTimeout: process.env['ROLLCALL_LONG'] === '1' ? 180_000 : 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './test/reporter.ts'],
    // These import JSON without the attribute that Node asks for; vite reads it anyway.
    server: { deps: { inline: [/@actions\//] } },
  },
});
