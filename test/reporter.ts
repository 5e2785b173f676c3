/** The last line of a test run, for whoever reads nothing else: "N passed, N failed". */
import { writeFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

/** What counts as a failure besides failed tests: files that did not load, errors that no test caught. */
export function countLine(passed: number, failed: number): string {
  return `${passed} passed, ${failed} failed`;
}

// vitest wants a default export.
export default function createCountReporter(): Reporter {
  return {
    onTestRunEnd(modules, errors, reason) {
      let passed = 0;
      let failed = errors.length;
      for (const module of modules) {
        failed += module.errors().length;
        for (const test of module.children.allTests()) {
          const { state } = test.result();
          if (state === 'passed') passed += 1;
          if (state === 'failed') failed += 1;
        }
        for (const suite of module.children.allSuites()) failed += suite.errors().length;
      }
      if (reason !== 'passed' && failed === 0) failed = 1;
      const line = countLine(passed, failed);
      const file = process.env['ROLLCALL_TEST_COUNTS'];
      if (file !== undefined) writeFileSync(file, `${line}\n`);
      // On exit, so that it stands below everything that vitest itself has to say.
      process.on('exit', () => process.stdout.write(`${line}\n`));
    },
  };
}
