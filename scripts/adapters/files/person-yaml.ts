/** One person file as text and back: always the same keys in the same order, so that a diff shows what changed and nothing else. */
import { PROFILE_ATTRIBUTES } from '../../core/mappings/attributes-file.ts';
import { HR_FIELDS } from '../../core/people/hr-fields.ts';
import { DesiredAccount, PersonFile, Taken, type TakenThings } from '../../core/people/person-file.ts';
import { compareText } from '../../core/values/finding.ts';
import { type Block, readBlock, writeBlock } from './block-yaml.ts';

const HEAD = '# yaml-language-server: $schema=../../../schemas/person.schema.json\n';

/** What an auditor reads beside the top-level keys. */
const COMMENTS = {
  employee: 'from BambooHR',
  stage: 'future | prehire | active | leave | left | hold',
  account: 'desired in JumpCloud, derived by mappings/',
  given: 'by Rollcall, by JumpCloud id, from receipts',
  restore: 'taken by leave, to be given back',
};

const FACT_ORDER = rankOf(HR_FIELDS.map(({ name }) => name));
const ATTRIBUTE_ORDER = rankOf(PROFILE_ATTRIBUTES);

export function personText(person: PersonFile): string {
  return HEAD + writeBlock(inOrder(PersonFile, person, MEMBERS), COMMENTS);
}

/** The file's value when it stands as `personText` writes; undefined when a parser must look at it. Not yet held against the schema. */
export function readPersonText(text: string): unknown {
  return readBlock(text);
}

type Members = Readonly<Record<string, (value: never) => Block>>;

const ACCOUNT: Members = {
  attributes: (values: Record<string, string>) => ordered(values, ATTRIBUTE_ORDER),
  groups: ordered,
  bindings: ordered,
};
const TAKEN: Members = { groups: ordered, bindings: ordered };
const MEMBERS: Members = {
  employee: (values: Record<string, string>) => ordered(values, FACT_ORDER),
  account: (account: DesiredAccount) => inOrder(DesiredAccount, account, ACCOUNT),
  movedFrom: ordered,
  given: (taken: TakenThings) => inOrder(Taken, taken, TAKEN),
  restore: (taken: TakenThings) => inOrder(Taken, taken, TAKEN),
};

/** The members in the order of the schema; a new one of the schema needs nothing here. */
function inOrder(
  schema: { shape: object },
  value: object,
  members: Members,
): { [key: string]: Block | undefined } {
  const given = value as Record<string, Block | undefined>;
  const names = Object.keys(schema.shape);
  return Object.fromEntries(
    names.map((name) => {
      const member = given[name];
      return [name, member === undefined ? undefined : (members[name]?.(member as never) ?? member)];
    }),
  );
}

function rankOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

/** The named ones first and in their order, all others after them by code unit. */
function ordered(values: Record<string, string>, ranks: ReadonlyMap<string, number> = new Map()): Block {
  const names = Object.keys(values).sort(
    (a, b) => (ranks.get(a) ?? ranks.size) - (ranks.get(b) ?? ranks.size) || compareText(a, b),
  );
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
