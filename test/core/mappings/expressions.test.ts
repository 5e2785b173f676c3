import { describe, expect, test } from 'vitest';
import { createExpressions } from '../../../scripts/core/mappings/expressions.ts';
import type { Failure } from '../../../scripts/core/values/failure.ts';
import type { Source } from '../../../scripts/core/values/source.ts';

const source: Source = {
  file: 'mappings/groups/a.yaml',
  value: {},
  locate: (_path, offset) => ({ line: 3, column: 11 + (typeof offset === 'number' ? offset : 0) }),
  line: () => '    when: x',
};
const environment = createExpressions(
  ['department', 'location', 'firstName', 'preferredName', 'lastName', 'workEmail'],
  { costCenters: { Sales: '4711', constructor: 'no' } },
);

function problemOf(
  text: string,
  type: 'bool' | 'string' = 'bool',
): { message: string; remedy: string | undefined; column: number } {
  const compiled =
    type === 'bool'
      ? environment.compile(source, ['groups', 0, 'when'], text, 'bool')
      : environment.compile(source, ['x'], text, 'string');
  if (compiled.ok) throw new Error(`accepted: ${text}`);
  return {
    message: compiled.problem.message,
    remedy: compiled.problem.remedy,
    column: compiled.problem.column,
  };
}

function evaluate(text: string, values: Record<string, string>): boolean | string {
  const bool = environment.compile(source, [], text, 'bool');
  if (bool.ok) return bool.expression.evaluate(values);
  const string = environment.compile(source, [], text, 'string');
  if (string.ok) return string.expression.evaluate(values);
  throw new Error(string.problem.message);
}

describe('expressions', () => {
  test('an unknown field is named with its column and the nearest name', () => {
    expect(problemOf("location == 'x' && departmnt == 'Sales'")).toEqual({
      message: 'unknown field "departmnt"',
      remedy: 'did you mean "department"?',
      column: 11 + 19,
    });
  });

  test.each([
    ['department == 3', /no such overload/],
    ["department + 'x'", /gives string, but bool is needed/],
    ['department ==', /./],
    ["department.matches('(a+)+$')", /matches\(\) is refused/],
    ["lastName.split('').join(lastName) == ''", /join\(\) is refused here/],
    ["lastName.split('').join('aaaaaaaaaa').split('').join('b') == ''", /join\(\) is refused here/],
    ["lookup('costCentres', department) == 'x'", /no lookup table "costCentres"/],
    ["lookup(department, 'x') == 'x'", /needs the name of a table/],
    ['null == department', /./],
  ])('%s is refused', (text, message) => {
    expect(problemOf(text).message).toMatch(message);
  });

  test('absent fields are empty text, and nothing throws on them', () => {
    expect(evaluate("department == 'Sales' || location.startsWith('London')", {})).toBe(false);
    expect(
      evaluate("coalesce(preferredName, firstName) + ' ' + lastName", {
        firstName: 'Ada',
        lastName: 'Lovelace',
      }),
    ).toBe('Ada Lovelace');
    expect(evaluate('isBlank(preferredName)', {})).toBe(true);
  });

  test('words are joined with a text of the rule', () => {
    expect(
      evaluate("lastName.split(' ').join('.') + '.' + firstName", { firstName: 'b', lastName: 'van der a' }),
    ).toBe('van.der.a.b');
    expect(
      evaluate("firstName.split('-').join() + lastName.split(' ').join('-')", {
        firstName: 'a-b',
        lastName: 'c d',
      }),
    ).toBe('abc-d');
  });

  test('lookup falls back, and never reaches the prototype', () => {
    expect(evaluate("lookup('costCenters', department, 'none')", { department: 'Sales' })).toBe('4711');
    expect(evaluate("lookup('costCenters', department, 'none')", { department: 'toString' })).toBe('none');
    expect(evaluate("lookup('costCenters', department, 'none')", { department: '__proto__' })).toBe('none');
  });

  test.each([
    ["slug(firstName) + '.' + slug(lastName)", { firstName: 'Łukasz', lastName: 'Żółć' }, 'lukasz.zolc'],
    ['slug(lastName)', { lastName: "O'Brien" }, 'obrien'],
    ['slug(firstName)', { firstName: 'Nguyễn' }, 'nguyen'],
    ['localPart(workEmail)', { workEmail: 'ada.l@example.com' }, 'ada.l'],
    ['localPart(workEmail)', { workEmail: 'broken' }, ''],
    ['initial(firstName)', { firstName: '𝒜da' }, '𝒜'],
  ])('%s', (text, values, expected) => {
    expect(evaluate(text, values as unknown as Record<string, string>)).toBe(expected);
  });

  test('says its rule in words', () => {
    const because = (text: string): string => {
      const compiled = environment.compile(source, [], text, 'bool');
      return compiled.ok ? compiled.expression.because : compiled.problem.message;
    };
    expect(because("department == 'Engineering'")).toBe('department is Engineering');
    expect(because("department in ['Sales', 'Support'] && location.startsWith('London')")).toBe(
      'department is one of Sales, Support and location starts with London',
    );
    expect(because('true')).toBe('everyone');
    expect(because("!(department == 'Sales') || location != ''")).toBe(
      'not (department is Sales) or location is not empty',
    );
  });

  test.each([
    ["string(int(firstName)) + 'x'", 'int conversion error'],
    ["duration(firstName) > duration('1s')", 'invalid duration'],
    ["lastName.split(' ')[1]", 'no such key|index'],
  ])('%s over somebody whose facts do not fit is exit 2 at its place, and quotes no fact', (text, words) => {
    let failure: unknown;
    try {
      evaluate(text, { firstName: 'Zebedee', lastName: 'Quixotworth' });
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ exit: 2, problems: [{ file: 'mappings/groups/a.yaml', line: 3 }] });
    expect((failure as Failure).problems[0]?.message).toMatch(new RegExp(words, 'i'));
    expect(JSON.stringify(failure)).not.toMatch(/Zebedee|Quixotworth/);
  });

  test('a rule is evaluated once per distinct combination of what it reads', () => {
    const compiled = environment.compile(source, [], "department == 'Sales'", 'bool');
    if (!compiled.ok) throw new Error();
    expect(compiled.expression.reads).toEqual(['department']);
    let reads = 0;
    const values = new Proxy({ department: 'Sales' } as Record<string, string>, {
      get: (target, key) => ((reads += 1), target[String(key)] ?? ''),
    });
    for (let i = 0; i < 100; i += 1) compiled.expression.evaluate(values);
    expect(reads).toBe(101);
  });
});
