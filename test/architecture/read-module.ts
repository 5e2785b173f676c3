/** What a source file imports and touches, from its syntax tree: comments and texts cannot fool it, nor hide from it. */
import ts from 'typescript';

export interface SourceText {
  /** From the root, with slashes: `scripts/core/values/source.ts`. */
  path: string;
  text: string;
}

export interface ModuleFacts extends SourceText {
  lines: number;
  imports: Import[];
  /** Names from outside the module that it uses: `Date`, `process`; never a property of something else. */
  globals: Sighting[];
  /** Constructions that some rooms forbid. */
  uses: (Sighting & { kind: Use })[];
}

export interface Import {
  from: string;
  names: string[];
  line: number;
  /** `import(…)` and `require(…)`: nothing can tell what they load. */
  dynamic: boolean;
  /** Gone before the program runs. */
  typeOnly: boolean;
}

export interface Sighting {
  name: string;
  line: number;
}

/** `now` is any way to the clock: of `Date` only `new Date(value)`, `Date.parse` and `Date.UTC` are none. */
export type Use = 'async' | 'await' | 'random' | 'now' | 'module-state' | 'default-export' | 'import-meta';

export function readModule({ path, text }: SourceText): ModuleFacts {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const facts: ModuleFacts = {
    path,
    text,
    lines: text.split('\n').length - 1,
    imports: [],
    globals: [],
    uses: [],
  };
  const declared = namesDeclaredIn(tree);
  const lineOf = (node: ts.Node): number => tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== undefined) facts.imports.push({ ...found, line: lineOf(node) });
    for (const kind of usesOf(node)) facts.uses.push({ kind, name: kind, line: lineOf(node) });
    if (ts.isIdentifier(node) && isReference(node) && !declared.has(node.text))
      facts.globals.push({ name: node.text, line: lineOf(node) });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return facts;
}

function importOf(node: ts.Node): Omit<Import, 'line'> | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
    const from = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
    return { from, names: namesOf(node), dynamic: false, typeOnly: isTypeOnly(node) };
  }
  if (
    ts.isImportTypeNode(node) &&
    ts.isLiteralTypeNode(node.argument) &&
    ts.isStringLiteral(node.argument.literal)
  )
    return { from: node.argument.literal.text, names: [], dynamic: false, typeOnly: true };
  if (
    ts.isCallExpression(node) &&
    (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
      (ts.isIdentifier(node.expression) && /^(?:require|createRequire)$/.test(node.expression.text)))
  )
    return { from: node.arguments[0]?.getText() ?? '', names: [], dynamic: true, typeOnly: false };
  return undefined;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  const named = clause.namedBindings;
  return (
    clause.phaseModifier === ts.SyntaxKind.TypeKeyword ||
    (clause.name === undefined &&
      named !== undefined &&
      ts.isNamedImports(named) &&
      named.elements.every((element) => element.isTypeOnly))
  );
}

function namesOf(node: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  if (ts.isExportDeclaration(node))
    return node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
      ? node.exportClause.elements.map((element) => (element.propertyName ?? element.name).text)
      : ['*'];
  const clause = node.importClause;
  const bindings = clause?.namedBindings;
  const named =
    bindings === undefined
      ? []
      : ts.isNamespaceImport(bindings)
        ? ['*']
        : bindings.elements.map((element) => (element.propertyName ?? element.name).text);
  return clause?.name === undefined ? named : ['default', ...named];
}

function* usesOf(node: ts.Node): Generator<Use> {
  if (
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
  )
    yield 'async';
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined))
    yield 'await';
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) yield 'import-meta';
  if (ts.isExportAssignment(node)) yield 'default-export';
  if (
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  )
    yield 'default-export';
  if (ts.isIdentifier(node) && /^(?:Date|Math|Temporal)$/.test(node.text) && isReference(node)) {
    const use = useOf(node);
    if (use !== undefined) yield use;
  }
  if (
    ts.isVariableStatement(node) &&
    ts.isSourceFile(node.parent) &&
    (node.declarationList.flags & ts.NodeFlags.Const) === 0
  )
    yield 'module-state';
}

const PURE_DATE = new Set(['parse', 'UTC']);

/** `Date`, `Math` and `Temporal` are pure in part; whatever cannot be seen to be that part counts as the other. */
function useOf(node: ts.Identifier): Use | undefined {
  const { parent } = node;
  if (ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent)) return undefined;
  const member =
    ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : undefined;
  switch (node.text) {
    case 'Math':
      return member === undefined || member === 'random' ? 'random' : undefined;
    case 'Temporal':
      return member === 'Now' || ts.isElementAccessExpression(parent) ? 'now' : undefined;
    default: {
      const [first] =
        ts.isNewExpression(parent) && parent.expression === node ? (parent.arguments ?? []) : [];
      const isGiven = first !== undefined && !ts.isSpreadElement(first);
      return isGiven || (member !== undefined && PURE_DATE.has(member)) ? undefined : 'now';
    }
  }
}

/** An identifier that stands for a value of that name, not for a member, a label or a declaration. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent) || ts.isMetaProperty(parent))
    return 'expression' in parent ? parent.expression === node : 'left' in parent && parent.left === node;
  if ((ts.isPropertyAssignment(parent) || ts.isBindingElement(parent)) && 'propertyName' in parent)
    return parent.propertyName !== node && parent.name !== node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  if (ts.isLabeledStatement(parent)) return false;
  const { name } = parent as { name?: ts.Node };
  return !MEMBERS.has(parent.kind) || name !== node;
}

/** Nodes whose name is a member's, not a variable's. */
const MEMBERS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.MethodDeclaration,
  ts.SyntaxKind.MethodSignature,
  ts.SyntaxKind.PropertyDeclaration,
  ts.SyntaxKind.PropertySignature,
  ts.SyntaxKind.GetAccessor,
  ts.SyntaxKind.SetAccessor,
  ts.SyntaxKind.EnumMember,
]);

/** Every name that the module itself declares, wherever: one that is declared is not taken from outside. */
function namesDeclaredIn(tree: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const { name } = node as { name?: ts.Node };
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isClassLike(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeParameterDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node);
    if (declares && name !== undefined && ts.isIdentifier(name)) names.add(name.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}
