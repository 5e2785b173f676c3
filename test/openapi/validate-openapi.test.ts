import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadOpenApi } from './validate-openapi.ts';

const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DOCUMENT = `
openapi: 3.1.0
servers: [{ url: 'https://vendor.example/api' }]
components:
  parameters:
    Limit: { name: limit, in: query, schema: { type: integer, maximum: 100 } }
  schemas:
    Person:
      type: object
      required: [id, secret]
      properties:
        id: { type: string }
        secret: { type: string, writeOnly: true }
        boss: { oneOf: [{ $ref: '#/components/schemas/Person' }, { type: 'null' }] }
        pet:
          oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]
          discriminator: { propertyName: kind }
        gone: { $ref: '#/components/schemas/DoesNotExist' }
    Cat: { type: object, properties: { kind: { type: string }, lives: { type: integer } } }
    Dog: { type: object, properties: { kind: { type: string }, lives: { type: integer } } }
paths:
  /people:
    get:
      parameters:
        - $ref: '#/components/parameters/Limit'
        - { name: page, in: query, style: deepObject, schema: { type: object, properties: { size: { type: integer } } } }
        - { name: since, in: query, required: true, schema: { type: string, format: date } }
      responses:
        '200': { content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Person' } } } } }
        4XX: { content: { application/problem+json: { schema: { type: object, required: [title] } } } }
    post:
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Person' } } }
      responses: { '204': { description: done } }
  /people/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { '200': { description: no content documented } }
  /people/changed:
    get: { responses: { '200': { content: { text/plain: { schema: { type: string } } } } } }
`;
const file = join(folder, 'vendor.yaml');
writeFileSync(file, DOCUMENT);
const api = loadOpenApi(file);

function answer(body: unknown, status = 200, contentType = 'application/json'): string[] {
  return api.checkResponse({ method: 'GET', path: '/api/people', status, contentType, body });
}

describe('responses', () => {
  test('a true answer has no problem, whether parsed or text', () => {
    expect(answer([{ id: '1', boss: null, pet: { kind: 'cat', lives: 9 }, gone: 7 }])).toEqual([]);
    expect(answer('[{"id":"1"}]')).toEqual([]);
  });
  test.each([
    ['wrong type', [{ id: 1 }], '/0/id: must be string'],
    [
      'wrong type behind a reference and a oneOf',
      [{ id: '1', boss: { id: 2 } }],
      '/0/boss/id: must be string',
    ],
    [
      'wrong type in overlapping oneOf',
      [{ id: '1', pet: { lives: 'nine' } }],
      '/0/pet/lives: must be integer',
    ],
    ['missing member', [{}], "must have required property 'id'"],
    ['no JSON', '<html>', 'is no JSON'],
    ['empty', '', 'empty, documented as application/json'],
  ])('%s is a problem', (_, body, expected) => {
    expect(answer(body).join('\n')).toContain(expected);
  });
  test('status, content type and range of statuses', () => {
    expect(answer([], 500)[0]).toContain('status is not documented');
    expect(answer([], 200, 'text/html')[0]).toContain('content type "text/html"');
    expect(answer({ title: 'x' }, 404, 'application/problem+json; charset=UTF-8')).toEqual([]);
    expect(answer({}, 404, 'application/problem+json')[0]).toContain("must have required property 'title'");
  });
  test('writeOnly is not owed by an answer but by a request', () => {
    expect(answer([{ id: '1' }])).toEqual([]);
    const body = { id: '1' };
    expect(
      api.checkRequest({ method: 'POST', path: '/api/people', contentType: 'application/json', body }),
    ).toEqual(["request body application/json /: must have required property 'secret'"]);
  });
  test('literal paths win over templated ones, and unknown ones are told', () => {
    expect(api.template('GET', '/api/people/changed')).toBe('/people/changed');
    expect(api.template('get', '/api/people/7/')).toBe('/people/{id}');
    expect(api.checkResponse({ method: 'PUT', path: '/api/people', status: 200 })).toEqual([
      'the document has no operation PUT /api/people',
    ]);
  });
});

describe('requests', () => {
  function ask(query: string, path = '/api/people'): string[] {
    return api.checkRequest({ method: 'GET', path, query });
  }
  test('text is read by its documented type', () => {
    expect(ask('since=2026-01-01&limit=10&page[size]=3')).toEqual([]);
    expect(ask('', '/api/people/17')).toEqual([]);
  });
  test.each([
    ['since=2026-01-01&limit=ten', 'query parameter limit /: must be integer'],
    ['since=2026-01-01&limit=101', 'must be <= 100'],
    ['since=2026-01-01&page[size]=x', 'query parameter page /size: must be integer'],
    ['limit=1', 'query parameter since: missing'],
    ['since=yesterday', 'must match format "date"'],
    ['since=2026-01-01&sise=3', 'query parameter sise: unknown'],
  ])('%s', (query, expected) => {
    expect(ask(query).join('\n')).toContain(expected);
  });
  test('path parameters and missing bodies', () => {
    expect(ask('', '/api/people/x')[0]).toContain('path parameter id /: must be integer');
    expect(api.checkRequest({ method: 'POST', path: '/api/people' })).toEqual(['request body: missing']);
  });
});

test('an OpenAPI 3.0 document: nullable beside a reference, boolean bounds, another base path', () => {
  const old = join(folder, 'old.json');
  writeFileSync(
    old,
    JSON.stringify({
      openapi: '3.0.3',
      paths: {
        '/thing': {
          get: {
            responses: {
              200: {
                content: {
                  'application/json': {
                    schema: {
                      type: 'object',
                      properties: {
                        a: { nullable: true, allOf: [{ $ref: '#/components/schemas/A' }] },
                        b: { type: 'string', nullable: true, enum: ['x'] },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
      components: { schemas: { A: { type: 'number', minimum: 0, exclusiveMinimum: true } } },
    }),
  );
  const check = (body: unknown): string[] =>
    loadOpenApi(old, { rewritePath: (path) => path.replace('/gateway', '') }).checkResponse({
      method: 'GET',
      path: '/gateway/thing',
      status: 200,
      contentType: 'application/json',
      body,
    });
  expect(check({ a: null, b: null })).toEqual([]);
  expect(check({ a: 1, b: 'x' })).toEqual([]);
  expect(check({ a: 0 }).join()).toContain('must be > 0');
  expect(check({ b: 7 }).join()).toContain('must be string');
});
