import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import ajvFormats from 'ajv-formats';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderSchemas, staleSchemas, writeSchemas } from '../scripts/schemas.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'rollcall-schemas-'));
afterAll(() => rm(folder, { recursive: true }));

function validatorOf(name: string): (value: unknown) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  const validate = ajv.compile(
    JSON.parse(renderSchemas().get(`schemas/${name}.schema.json`) ?? '') as object,
  );
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('schemas/', () => {
  it('is what the code says: run npm run schemas', () => {
    expect(staleSchemas(ROOT)).toEqual([]);
  });

  it('holds nothing else', async () => {
    expect((await readdir(join(ROOT, 'schemas'))).sort()).toEqual(
      [...renderSchemas().keys()].map((path) => path.slice(8)),
    );
  });

  it('is found stale when a byte differs or a file is missing, and mended', async () => {
    expect(writeSchemas(folder)).toEqual([...renderSchemas().keys()]);
    expect(staleSchemas(folder)).toEqual([]);
    const path = join(folder, 'schemas/plan.schema.json');
    await writeFile(path, `${await readFile(path, 'utf8')} `);
    await rm(join(folder, 'schemas/groups.schema.json'));
    expect(staleSchemas(folder)).toEqual(['schemas/groups.schema.json', 'schemas/plan.schema.json']);
    writeSchemas(folder);
    expect(staleSchemas(folder)).toEqual([]);
  });

  it('describes itself and every member that people write', () => {
    for (const [path, text] of renderSchemas()) {
      const schema = JSON.parse(text) as Record<string, unknown>;
      expect(schema, path).toMatchObject({
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        additionalProperties: false,
      });
      expect(schema['title'], path).toBeTruthy();
      expect(schema['description'], path).toBeTruthy();
      // Draft-7 editors ignore what stands beside a $ref at the top.
      expect(schema).not.toHaveProperty('$ref');
    }
  });

  it('accepts the shipped mappings, defaults left out too, and refuses a typo', async () => {
    const read = async (path: string): Promise<unknown> =>
      parse(await readFile(join(ROOT, 'mappings', path), 'utf8')) as unknown;
    for (const name of [
      'attributes',
      'lifecycle',
      'guardrails',
      'naming',
      'devices',
      'lookups',
      'exceptions',
      'notifications',
      'examples',
    ])
      expect(validatorOf(name)(await read(`${name}.yaml`)), name).toEqual([]);
    for (const name of await readdir(join(ROOT, 'mappings/groups')))
      expect(validatorOf('groups')(await read(`groups/${name}`)), name).toEqual([]);
    expect(validatorOf('guardrails')({})).toEqual([]);
    expect(validatorOf('guardrails')({ budgets: { flor: 3 } })).not.toEqual([]);
    expect(validatorOf('groups')({ groups: [{ group: 'A', whn: 'true' }] })).not.toEqual([]);
    expect(
      validatorOf('exceptions')({ exceptions: [{ kind: 'hold', person: '1', owner: 'a', reason: 'b' }] }),
    ).not.toEqual([]);
  });
});
