/** Exceptions and overrides in the text of one version of their file. */
import { z } from 'zod';
import { ExceptionsFile } from '../../core/mappings/exceptions-file.ts';
import { Override } from '../../core/mappings/overrides.ts';
import type { Entry } from '../../core/audit/aged-entries.ts';
import { readYaml } from './yaml-source.ts';

/** Lines of mappings/exceptions.yaml, or of `overrides` in mappings/guardrails.yaml; undefined when the text does not read. */
export function readEntries(path: string, text: string): Entry[] | undefined {
  const read = readYaml(path, text, { excerpts: false });
  if (!read.ok) return undefined;
  return path.endsWith('/exceptions.yaml') ? exceptionsIn(read.source.value) : overridesIn(read.source.value);
}

function exceptionsIn(value: unknown): Entry[] | undefined {
  const parsed = ExceptionsFile.safeParse(value ?? {});
  if (!parsed.success) return undefined;
  return parsed.data.exceptions.map((exception) => {
    const { kind, owner, reason, expires } = exception;
    const about = 'person' in exception ? exception.person : exception.account;
    const what = kind === 'group' ? exception.group : kind === 'pin' ? exception.attribute : '';
    return {
      key: `${kind} ${about} ${what}`,
      kind: what === '' ? kind : `${kind}: ${what}`,
      about,
      owner,
      reason,
      expires,
    };
  });
}

/** An older version may name a code that is gone: it stays evidence. */
const OverridesOfAnyVersion = z.looseObject({
  overrides: z.array(Override.extend({ code: z.string() })).default([]),
});

function overridesIn(value: unknown): Entry[] | undefined {
  const parsed = OverridesOfAnyVersion.safeParse(value ?? {});
  if (!parsed.success) return undefined;
  return parsed.data.overrides.map(({ code, scope = '', owner, reason, expires }) => ({
    key: `${code} ${scope}`,
    kind: code,
    about: scope,
    owner,
    reason,
    expires,
  }));
}
