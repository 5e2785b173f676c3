/** schemas: the JSON Schemas of every file that people or machines write, from the zod schemas, for editors to complete mappings with. */
import { z } from 'zod';
import { readFile } from './adapters/files/read-folder.ts';
import { createFileWriter } from './adapters/files/write-file.ts';
import { AttributesFile, PROFILE_ATTRIBUTES } from './core/mappings/attributes-file.ts';
import { DevicesFile } from './core/mappings/devices-file.ts';
import { ExamplesFile } from './core/mappings/examples-file.ts';
import { ExceptionsFile } from './core/mappings/exceptions-file.ts';
import { GroupsFile } from './core/mappings/groups-file.ts';
import { GuardrailsFile } from './core/mappings/guardrails-file.ts';
import { LifecycleFile } from './core/mappings/lifecycle-file.ts';
import { LookupsFile } from './core/mappings/lookups-file.ts';
import { NamingFile } from './core/mappings/naming-file.ts';
import { NotificationsFile } from './core/mappings/notifications-file.ts';
import { HR_FIELDS } from './core/people/hr-fields.ts';
import { PersonFile } from './core/people/person-file.ts';
import { Plan } from './core/plan/plan-file.ts';
import { PinnedGroupsFile } from './core/record/groups-file.ts';
import { HoldsFile } from './core/record/holds-file.ts';
import { Receipt } from './core/record/receipt.ts';
import { isMain, runDoor } from './shell/door.ts';

/** What people write: defaults may be left out. */
const WRITTEN_BY_PEOPLE = {
  attributes: AttributesFile,
  devices: DevicesFile,
  examples: ExamplesFile,
  exceptions: ExceptionsFile,
  groups: GroupsFile,
  guardrails: GuardrailsFile,
  lifecycle: LifecycleFile,
  lookups: LookupsFile,
  naming: NamingFile,
  notifications: NotificationsFile,
};

const WRITTEN_BY_MACHINES = {
  person: PersonFile,
  plan: Plan,
  receipt: Receipt,
  'pinned-groups': PinnedGroupsFile,
  holds: HoldsFile,
};

/** Path -> text of every schema, sorted. */
export function renderSchemas(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, schema] of Object.entries(WRITTEN_BY_PEOPLE)) texts.set(name, render(schema, 'input'));
  for (const [name, schema] of Object.entries(WRITTEN_BY_MACHINES)) texts.set(name, render(schema, 'output'));
  return new Map([...texts].sort().map(([name, text]) => [`schemas/${name}.schema.json`, text]));
}

/** Paths whose file is missing or says something else than the zod schemas do. */
export function staleSchemas(root: string): string[] {
  return [...renderSchemas()].flatMap(([path, text]) => {
    const present = readFile(root, path);
    return present !== undefined && 'text' in present && present.text === text ? [] : [path];
  });
}

/** Writes those that are stale; returns their paths. */
export function writeSchemas(root: string): string[] {
  const texts = renderSchemas();
  const writer = createFileWriter(root, false);
  const stale = staleSchemas(root);
  for (const path of stale) writer.write(path, texts.get(path) ?? '');
  return stale;
}

type JsonSchema = Record<string, unknown>;

/** draft-7, which every editor reads. Rules that are code (refine) are not in it: `check` holds those. */
function render(schema: z.ZodType, io: 'input' | 'output'): string {
  const json = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === AttributesFile.shape.attributes) nameAttributes(jsonSchema);
      if (zodSchema === PersonFile.shape.employee) nameFacts(jsonSchema);
    },
  }) as JsonSchema;
  return `${JSON.stringify(unwrap(json), undefined, 2)}\n`;
}

/** zod hangs a schema with an id below `definitions`; ours stands at the top. */
function unwrap({ $schema, $ref, definitions, ...rest }: JsonSchema): JsonSchema {
  const own = String($ref).replace('#/definitions/', '');
  const { [own]: top, ...others } = (definitions ?? {}) as Record<string, JsonSchema | undefined>;
  if (top === undefined) return { $schema, ...rest, ...(definitions === undefined ? {} : { definitions }) };
  const { id: _, title, description, ...body } = top;
  return {
    $schema,
    title,
    description,
    ...body,
    ...(Object.keys(others).length === 0 ? {} : { definitions: others }),
  };
}

/** So that an editor offers the attributes; others (phone.work, custom.*) pass. */
function nameAttributes(json: JsonSchema): void {
  const value = json['additionalProperties'];
  delete json['propertyNames'];
  json['properties'] = Object.fromEntries(
    [...PROFILE_ATTRIBUTES, 'phone.work', 'phone.mobile'].map((name) => [name, value]),
  );
}

function nameFacts(json: JsonSchema): void {
  const known = (json['properties'] ?? {}) as JsonSchema;
  json['properties'] = Object.fromEntries(
    HR_FIELDS.map(({ name, description }) => [
      name,
      { ...((known[name] as object | undefined) ?? { type: 'string' }), description },
    ]),
  );
}

if (isMain(import.meta))
  await runDoor({
    name: 'schemas',
    summary: 'Writes the JSON Schemas of schemas/, with which editors complete and check mapping files.',
    options: { check: { type: 'boolean', description: 'write nothing; exit 1 when one is stale' } },
    exits: { 1: 'with --check: a schema is stale' },
    examples: [
      ['npm run schemas', 'after a change of a zod schema'],
      ['npm run schemas -- --check', 'in a pull request'],
    ],
    async run({ root, options }) {
      const stale = options.check ? staleSchemas(root) : writeSchemas(root);
      const total = renderSchemas().size;
      if (options.check)
        return {
          exit: stale.length > 0 ? 1 : 0,
          json: { stale },
          text:
            stale.length === 0
              ? `All ${total} schemas are what the code says.`
              : `Stale: ${stale.join(', ')}. Run npm run schemas and commit.`,
        };
      return { json: { written: stale }, text: `${stale.length} of ${total} schemas written.` };
    },
  });
