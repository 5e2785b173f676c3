/**
 * What of the vendor's API is emulated and how we know: held by a test against the registered routes and against the
 * test files it names.
 *
 * Sources: REC recorded live 2026-05/06; HAR recorded live 2022-02; VEC a real signed webhook; SPEC the OpenAPI
 * document of 2026-06-10; DOC guides; HELP the help centre; 3P third parties; INF inferred, nobody has seen it.
 */
export interface CoverageRow {
  /** `METHOD /template`, as registered. */
  route: string;
  coverage: 'supported' | 'partial';
  /** Test files in test/emulators/bamboohr. */
  testedBy: string[];
  source: string;
  notes: string;
}

/** route | coverage | tested by | source | notes */
const TABLE = `
GET /api/v1/employees | supported | employee-list recordings openapi dated-facts access | REC SPEC | custom fields and lastChanged are not offered, as live; page[limit] above 2500 is a 400 (INF)
GET /api/v1/employees/{id} | supported | single-and-directory recordings openapi dated-facts access | REC HAR SPEC | id 0; comma form only; 403 for a hidden employee (3P)
GET /api/v1/employees/directory | supported | single-and-directory recordings openapi | SPEC REC | the fieldset of a stock tenant
GET /api/v1/employees/changed | supported | tables-and-changed writes-and-state openapi | SPEC 3P | since includes its own second; dated changes by switch effectiveChangesAreListed
GET /api/v1/employees/{id}/tables/{table} | supported | tables-and-changed recordings openapi | REC SPEC | rows implied by an employee's own facts are added
GET /api/v1/employees/changed/tables/{table} | supported | tables-and-changed openapi | REC SPEC | rows without ids
GET /api/v1/meta/fields | supported | meta-and-datasets recordings openapi | REC SPEC | the seed's "fields" replace the stock ones
GET /api/v1/meta/lists | supported | meta-and-datasets recordings openapi | REC SPEC | the seed's "lists", else five lists from the values in use
GET /api/v1/meta/tables | partial | meta-and-datasets openapi | SPEC | columns of jobInfo and employmentStatus; of others those in use
GET /api/v1/meta/users | partial | meta-and-datasets openapi | SPEC | the seed's "users", else one made up for everybody with an address
GET /api/v1/meta/time_off/types | partial | time-off recordings openapi | REC SPEC | mode=request does not narrow
GET /api/v1_2/datasets | partial | meta-and-datasets openapi | SPEC | the employee dataset only
GET /api/v1_2/datasets/{datasetName}/fields | supported | meta-and-datasets recordings openapi | REC SPEC | the seed's "datasetFields", else those the emulator fills
POST /api/v2/datasets/{datasetName}/data | partial | meta-and-datasets recordings openapi dated-facts access | REC SPEC | employee only; no showHistory; codes of field errors other than UE-1001 and INVALID_FILTER are INF
POST /api/v1/reports/custom | partial | custom-report recordings openapi access | REC HAR SPEC | json, xml, csv; no xls, no pdf
GET /api/v1/time_off/requests | partial | time-off recordings openapi | REC SPEC | action=approve and myRequests do not narrow
GET /api/v1/time_off/whos_out | supported | time-off openapi | SPEC | ids as the document has them; not recorded
GET /api/v1/webhooks | supported | webhooks recordings openapi | REC SPEC | the caller's own
POST /api/v1/webhooks | supported | webhooks recordings openapi | REC SPEC | http URLs by switch allowHttpWebhooks, for tests on loopback
GET /api/v1/webhooks/monitor_fields | supported | webhooks openapi | SPEC | the termination date by switch terminationDateMonitorable
GET /api/v1/webhooks/post-fields | partial | webhooks openapi | SPEC | one page, no tables
GET /api/v1/webhooks/{id} | supported | webhooks openapi | SPEC | owner only
PUT /api/v1/webhooks/{id} | supported | webhooks openapi | SPEC | full replacement, the key stays
DELETE /api/v1/webhooks/{id} | supported | webhooks recordings openapi | REC SPEC | text/html
GET /api/v1/webhooks/{id}/log | partial | webhooks openapi | SPEC | 200 with 429 inside by webhookLogLimit; no 503 of its own (order it as a fault)
POST /api/v1/employees | partial | writes-and-state recordings openapi webhooks | REC SPEC | any fields; validates names, address, status; no payroll rules
POST /api/v1/employees/{id} | partial | writes-and-state recordings openapi webhooks | REC SPEC | as above
DELETE /api/v1/employees/{id} | supported | writes-and-state openapi employee-list | SPEC | any key, where the vendor wants OAuth
POST /api/v1/employees/{id}/tables/{table} | partial | openapi | SPEC | the same as v1_1
POST /api/v1_1/employees/{id}/tables/{table} | partial | writes-and-state dated-facts webhooks openapi | SPEC HELP | 406 for a bad date only
POST /api/v1_1/employees/{id}/tables/{table}/{rowId} | partial | writes-and-state openapi | SPEC | as above
DELETE /api/v1/employees/{id}/tables/{table}/{rowId} | partial | dated-facts openapi | SPEC | current values stay as they are
`;

export const COVERAGE: readonly CoverageRow[] = TABLE.trim().split('\n').map(parseRow);

function parseRow(line: string): CoverageRow {
  const [route = '', coverage, testedBy = '', source = '', notes = ''] = line.split(' | ');
  return {
    route,
    coverage: coverage === 'supported' ? 'supported' : 'partial',
    testedBy: testedBy.split(' '),
    source,
    notes,
  };
}
