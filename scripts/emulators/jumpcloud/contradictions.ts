/**
 * Where what JumpCloud was observed to do contradicts its own OpenAPI documents (of 2026-08-21). The emulator does
 * what was observed; the test that holds it against the documents excuses exactly these and notices stale ones.
 */
export interface Contradiction {
  /** `METHOD template` as the document names it, or the start of one, so that a rule can span routes. */
  route: string;
  /** The status of the answer, or `request` when the document would refuse what clients must send. */
  at: number | 'request';
  observed: string;
  source: string;
}

export const CONTRADICTIONS: Contradiction[] = [
  {
    route: 'GET /api/systemusers',
    at: 302,
    observed: 'a missing key is redirected to /login; the document knows 200 and 401',
    source: 'W6W, measured 2026-08-18',
  },
  {
    route: 'GET /api/systemusers/{id}',
    at: 404,
    observed: 'an unknown user is 404 {"message":"Not Found"}; the document knows 200 and 401',
    source: 'LS',
  },
  {
    route: 'PUT /api/systemusers/{id}',
    at: 404,
    observed: 'an unknown user is 404; the document knows 200, 400 and 401',
    source: 'by analogy with GET (LS)',
  },
  {
    route: 'PUT /api/systemusers/{id}',
    at: 'request',
    observed: 'manager is cleared with null only; the document types it as a string',
    source: 'PS, pull request 611',
  },
  {
    route: 'POST /api/systemusers/{id}/state/activate',
    at: 'request',
    observed: 'email is true, false or an address, says the text; the schema says object',
    source: 'SPEC, text against schema',
  },
  {
    route: 'POST /api/search/systemusers',
    at: 'request',
    observed: 'filter may be a list, says the sample; the schema says object',
    source: 'SPEC, sample against schema',
  },
  {
    route: 'GET /api/v2/usergroups/{id}',
    at: 404,
    observed: 'an unknown group is 404 {"message":"Not Found"}; the document knows 200 only',
    source: 'LS',
  },
  {
    route: 'GET /api/v2/usergroups/{group_id}/members',
    at: 404,
    observed: 'an unknown group is 404; the document knows 200 only',
    source: 'LS',
  },
  {
    route: 'POST /api/v2/usergroups',
    at: 400,
    observed: 'a rule without queryType is 400; the document knows 201 only',
    source: 'LS',
  },
  {
    route: 'POST /api/v2/usergroups/{group_id}/members',
    at: 400,
    observed: 'an unknown group is 400 {error, message}; the document knows 204 only',
    source: 'LS',
  },
  {
    route: 'POST /api/v2/usergroups/{group_id}/members',
    at: 404,
    observed: 'not a member, or an unknown user: 404; the document knows 204 only',
    source: 'BATON, JCC, LS',
  },
  {
    route: 'POST /api/v2/usergroups/{group_id}/members',
    at: 409,
    observed: 'already a member: 409; the document knows 204 only',
    source: 'BATON, JCC, LS',
  },
  {
    route: 'GET /api/v2/users/{user_id}/associations',
    at: 400,
    observed: 'a wrong target is 400; the document knows 200 only',
    source: 'JCC',
  },
  {
    route: 'POST /events',
    at: 'request',
    observed: 'search_after holds a number and a text, says the example; the schema says objects',
    source: 'SPEC, example against schema',
  },
];
