/**
 * Which mistakes to plant when all of them would take a night: the whole of every function whose name falls into the
 * sample. A name falls into it by its own hash, so that an edit elsewhere moves nothing and two runs tell the same.
 *
 *     node --import tsx test/mutation/sample.ts 1/4 scripts/core/plan scripts/flow/perform.ts
 *
 * prints what `npm run mutation -- --mutate` takes: `file:line-line`, with commas.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const [share = '', ...places] = process.argv.slice(2);
const [taken, of] = (/^(\d+)\/(\d+)$/.exec(share) ?? []).slice(1).map(Number);
if (taken === undefined || of === undefined || taken < 1 || taken > of || places.length === 0) {
  console.error(
    'usage: node --import tsx test/mutation/sample.ts 1/4 PLACE...   (a folder or a file, any number)',
  );
  process.exit(2);
}

const files = places.flatMap((place) =>
  place.endsWith('.ts')
    ? [place]
    : readdirSync(place, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .sort()
        .map((name) => join(place, name)),
);
console.log(files.flatMap((file) => rangesOf(file, taken / of)).join(','));

/** `file:first-last`, lines from 1, of each function, method and constant of the file that falls into the sample. */
function rangesOf(file: string, part: number): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const pieces = source.statements.flatMap((each): ts.Node[] =>
    ts.isClassDeclaration(each) ? [...each.members] : [each],
  );
  return pieces
    .filter((piece) => isTaken(`${file} ${nameOf(piece)}`, part))
    .map((piece) => `${file}:${lineOf(piece.getStart())}-${lineOf(piece.getEnd())}`);
}

function nameOf(piece: ts.Node): string {
  if (ts.isVariableStatement(piece))
    return piece.declarationList.declarations.map(({ name }) => name.getText()).join();
  const { name } = piece as Partial<ts.NamedDeclaration>;
  return name?.getText() ?? ts.SyntaxKind[piece.kind];
}

/** By the first 32 bits of the name's hash, evenly spread. */
function isTaken(name: string, part: number): boolean {
  return createHash('sha256').update(name).digest().readUInt32BE() < part * 2 ** 32;
}
