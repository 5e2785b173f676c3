/** Golden files: what people see, whole. `BLESS=1 npx vitest run test/core/render` writes them anew; look at the diff. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

export function expectGolden(name: string, text: string): void {
  const file = new URL(`golden/${name}`, import.meta.url);
  if (process.env['BLESS'] === '1') writeFileSync(file, text);
  expect(text, `golden/${name} (BLESS=1 rewrites it)`).toBe(readFileSync(file, 'utf8'));
}
