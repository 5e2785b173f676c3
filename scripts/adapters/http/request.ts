/** One request and one answer, before and after the wire. */

/**
 * What may happen when a request is sent twice. `read`: nothing. `idempotent`: the second changes nothing more.
 * `once`: it would do it twice (a second account), so nothing but a certain "not processed" allows another try.
 */
export type Repeat = 'read' | 'idempotent' | 'once';

export interface WireRequest {
  /** `GET /api/systemusers/{id}`: the template is also the name in messages, which keeps ids of people out of them. */
  route: string;
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** Sent as JSON. DELETE never has one. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Default: GET read, PUT and DELETE idempotent, POST once. */
  repeat?: Repeat;
  /** Statuses besides 2xx that are an answer and not a failure: the 409 and 404 of a group member. */
  accept?: readonly number[];
  /** Milliseconds for one attempt, when this route needs other than the client's. */
  timeoutMs?: number;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

export function methodOf(request: WireRequest): 'GET' | 'POST' | 'PUT' | 'DELETE' {
  const method = request.route.slice(0, request.route.indexOf(' '));
  if (method === 'GET' || method === 'POST' || method === 'PUT' || method === 'DELETE') return method;
  throw new TypeError(`a route begins with its method: ${request.route}`);
}

export function repeatOf(request: WireRequest): Repeat {
  if (request.repeat !== undefined) return request.repeat;
  const method = methodOf(request);
  return method === 'GET' ? 'read' : method === 'POST' ? 'once' : 'idempotent';
}

/**
 * Path and query. Blanks become %20 (a `+` is a plus to some servers), commas and colons stay: lists are comma
 * separated and an encoded comma is data, not a separator (OpenAPI, style form without explode).
 */
export function addressOf(request: WireRequest): string {
  const template = request.route.slice(request.route.indexOf(' ') + 1);
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = request.params?.[name];
    if (value === undefined || value === '' || value === '.' || value === '..')
      throw new TypeError(`${request.route} needs ${name}`);
    return encodeURIComponent(value);
  });
  const query = Object.entries(request.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeQuery(value)}`)
    .join('&');
  return query === '' ? path : `${path}?${query}`;
}

function encodeQuery(value: string): string {
  return encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%3A', ':');
}
