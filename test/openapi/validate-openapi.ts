/**
 * Holds requests and responses against an official OpenAPI document (3.0 or 3.1, YAML or JSON). Used for the
 * emulators' answers and for what the clients send; where a document is silent nothing is checked, where it speaks
 * every deviation is one line of text.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Check, createCompiler, isObject, type Json } from './compile-schema.ts';
import { checkParameters, type Parameter } from './check-parameters.ts';

export interface CheckedRequest {
  method: string;
  /** Path as sent, without the query. */
  path: string;
  query?: URLSearchParams | string | Record<string, string>;
  /** Lower-cased names; without it header parameters are not checked. */
  headers?: Record<string, string>;
  contentType?: string | undefined;
  /** A parsed value, or the text as sent. */
  body?: unknown;
}

export interface CheckedResponse {
  method: string;
  /** Path of the request, without the query. */
  path: string;
  status: number;
  contentType?: string | null | undefined;
  body?: unknown;
}

export interface OpenApi {
  /** The template that serves this request (`/api/v1/employees/{id}`), or undefined when the document knows none. */
  template(method: string, path: string): string | undefined;
  /** Problems of a request, one line each; empty when the document has nothing against it. */
  checkRequest(request: CheckedRequest): string[];
  /** Problems of a response, one line each. */
  checkResponse(response: CheckedResponse): string[];
}

interface Route {
  method: string;
  template: string;
  pattern: RegExp;
  names: string[];
  operation: Json;
  parameters: Parameter[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];
const documents = new Map<string, Json>();

/**
 * @param file path of the document
 * @param options.rewritePath maps a path as sent to one the document knows (another base URL form, a proxy's prefix)
 */
export function loadOpenApi(file: string, options: { rewritePath?: (path: string) => string } = {}): OpenApi {
  const document = documents.get(file) ?? (parse(readFileSync(file, 'utf8')) as Json);
  documents.set(file, document);

  function lookup(reference: string): unknown {
    if (!reference.startsWith('#')) return undefined;
    let value: unknown = document;
    for (const part of decodeURIComponent(reference.slice(1)).split('/').slice(1)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      value = isObject(value) || Array.isArray(value) ? (value as Json)[key] : undefined;
    }
    return value;
  }

  function resolve(value: unknown): Json {
    let current = value;
    for (let hops = 0; hops < 20 && isObject(current) && typeof current['$ref'] === 'string'; hops += 1)
      current = lookup(current['$ref']);
    return isObject(current) ? current : {};
  }

  const compileParameter = createCompiler(lookup, 'request', true);
  const compileRequest = createCompiler(lookup, 'request', false);
  const compileResponse = createCompiler(lookup, 'response', false);
  const routes = listRoutes(document, resolve);

  function find(method: string, sent: string): { route: Route; values: Record<string, string> } | undefined {
    const path = trimSlash(options.rewritePath?.(sent) ?? sent);
    for (const route of routes) {
      if (route.method !== method.toLowerCase()) continue;
      const match = route.pattern.exec(path);
      if (match === null) continue;
      return {
        route,
        values: Object.fromEntries(route.names.map((name, index) => [name, match[index + 1] ?? ''])),
      };
    }
    return undefined;
  }

  function unknownOperation(method: string, path: string): string[] {
    return [`the document has no operation ${method.toUpperCase()} ${path}`];
  }

  function checkRequest(request: CheckedRequest): string[] {
    const found = find(request.method, request.path);
    if (found === undefined) return unknownOperation(request.method, request.path);
    const problems = checkParameters(
      found.route.parameters,
      { query: new URLSearchParams(request.query), path: found.values, headers: request.headers },
      compileParameter,
      securityQueryNames(document, resolve),
    );
    const described = resolve(found.route.operation['requestBody']);
    const isEmpty = request.body === undefined || request.body === '';
    if (isEmpty) return described['required'] === true ? [...problems, 'request body: missing'] : problems;
    if (described['content'] === undefined) return [...problems, 'request body: none is documented'];
    const body = checkBody(described['content'], request.contentType, request.body, compileRequest);
    return [...problems, ...body.map((problem) => `request body ${problem}`)];
  }

  function checkResponse(response: CheckedResponse): string[] {
    const found = find(response.method, response.path);
    if (found === undefined) return unknownOperation(response.method, response.path);
    const answers = resolve(found.route.operation['responses']);
    const { status } = response;
    const key = [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((name) => name in answers);
    const at = `response ${status}`;
    if (key === undefined)
      return [`${at}: status is not documented (documented: ${Object.keys(answers).join(', ')})`];
    const content = resolve(answers[key])['content'];
    const isEmpty = response.body === undefined || response.body === null || response.body === '';
    if (status === 204 || status === 304) return isEmpty ? [] : [`${at}: has a body`];
    if (!isObject(content) || Object.keys(content).length === 0) return [];
    if (isEmpty) return [`${at}: empty, documented as ${Object.keys(content).join(', ')}`];
    return checkBody(content, response.contentType ?? undefined, response.body, compileResponse).map(
      (problem) => `${at} ${problem}`,
    );
  }

  return {
    template: (method, path) => find(method, path)?.route.template,
    checkRequest,
    checkResponse,
  };

  function checkBody(
    described: unknown,
    contentType: string | undefined,
    body: unknown,
    compile: (schema: unknown) => Check,
  ): string[] {
    const content = described as Json;
    const sent = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    const range = Object.keys(content).find((name) => matchesMediaType(name, sent));
    if (range === undefined)
      return [
        `content type ${JSON.stringify(contentType ?? null)}: documented: ${Object.keys(content).join(', ')}`,
      ];
    const media = resolve(content[range]);
    if (media['schema'] === undefined) return [];
    if (!/[/+]json$/.test(sent)) return typeof body === 'string' ? [] : [`${sent}: is no text`];
    let value = body;
    if (typeof body === 'string' || Buffer.isBuffer(body)) {
      try {
        value = JSON.parse(body.toString()) as unknown;
      } catch {
        return [`${sent}: is no JSON`];
      }
    }
    return compile(media['schema'])(value).map((problem) => `${sent} ${problem}`);
  }
}

function listRoutes(document: Json, resolve: (value: unknown) => Json): Route[] {
  const routes: Route[] = [];
  for (const [template, rawItem] of Object.entries(resolve(document['paths']))) {
    const item = resolve(rawItem);
    for (const method of METHODS) {
      if (!isObject(item[method])) continue;
      const operation = item[method];
      const parameters = new Map<string, Parameter>();
      for (const entry of [item['parameters'], operation['parameters']].flat()) {
        const parameter = resolve(entry) as unknown as Parameter;
        if (typeof parameter.name === 'string')
          parameters.set(`${parameter.in} ${parameter.name}`, parameter);
      }
      for (const prefix of serverPaths(operation['servers'] ?? item['servers'] ?? document['servers'])) {
        const names: string[] = [];
        const pattern = trimSlash(prefix + template)
          .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
          .replace(/\{([^}]+)\}/g, (_, name: string) => {
            names.push(name);
            return '([^/]+)';
          });
        routes.push({
          method,
          template,
          names,
          operation,
          pattern: new RegExp(`^${pattern}$`),
          parameters: [...parameters.values()],
        });
      }
    }
  }
  // Literal segments win over templated ones: /employees/changed is not the employee "changed".
  return routes.sort((a, b) => specificity(b.template).localeCompare(specificity(a.template)));
}

function specificity(template: string): string {
  return template
    .split('/')
    .map((segment) => (segment.includes('{') ? '0' : '1'))
    .join('');
}

function serverPaths(servers: unknown): string[] {
  const urls = Array.isArray(servers) ? servers.map((server) => String((server as Json)['url'] ?? '')) : [];
  const paths = urls.map((url) => trimSlash(url.replace(/^[a-z]+:\/\/[^/]*/, '')));
  return [...new Set(paths.length === 0 ? [''] : paths)];
}

function securityQueryNames(document: Json, resolve: (value: unknown) => Json): Set<string> {
  const schemes = Object.values(resolve(resolve(document['components'])['securitySchemes'])).map(resolve);
  return new Set(
    schemes.filter((scheme) => scheme['in'] === 'query').map((scheme) => String(scheme['name'])),
  );
}

function matchesMediaType(range: string, sent: string): boolean {
  const wanted = range.split(';')[0]?.trim().toLowerCase() ?? '';
  return (
    wanted === sent || wanted === '*/*' || (wanted.endsWith('/*') && sent.startsWith(wanted.slice(0, -1)))
  );
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path === '/' ? '' : path;
}
