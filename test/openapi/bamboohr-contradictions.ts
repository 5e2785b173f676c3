/** The BambooHR document is not always right: what the live service was recorded to do instead. */

/** Where recordings of the live service contradict the official document: route, problem, the recording that decides. */
export const BAMBOOHR_CONTRADICTIONS: { route: RegExp; problem: RegExp; source: string }[] = [
  {
    route: /^GET .*\/time_off\/requests/,
    problem: /\/(\d+\/)(id|employeeId|status\/lastChangedByUserId|type\/id): must be integer/,
    source: 'get_v1_time_off_requests',
  },
  {
    route: /^GET .*\/time_off\/requests/,
    problem: /\/\d+\/(amount\/amount|dates\/[\d-]+): must be number/,
    source: 'get_v1_time_off_requests',
  },
  {
    route: /^GET .*\/meta\/time_off\/types/,
    problem: /\/timeOffTypes\/\d+\/id: must be integer/,
    source: 'get_v1_meta_time_off_types',
  },
  {
    route: /^POST .*\/datasets\/employee\/data/,
    problem: /\/links: must be object/,
    source: 'post_v2_datasets_employee_data',
  },
  {
    route: /^DELETE .*\/webhooks\//,
    problem: /content type "text\/html; charset=UTF-8": documented: text\/plain/,
    source: 'delete_v1_webhooks',
  },
  {
    // XML is text/xml live, whatever the route.
    route: /^GET /,
    problem: /content type "text\/xml; charset=UTF-8": documented: application\/json, application\/xml/,
    source: 'get_v1_employees_4_tables_jobInfo',
  },
  // Numeric field ids come back as numbers (reference §5.11); nothing here is recorded beside the project.
  {
    route: /^POST .*\/reports\/custom/,
    problem: /\/fields\/\d+\/id: must be string/,
    source: 'reference §5.11',
  },
  // The single value of an unset field is null, not text (every recorded row).
  {
    route: /^POST .*\/reports\/custom/,
    problem: /\/employees\/\d+\/\w+: must be string/,
    source: 'post_v1_reports_custom',
  },
  // A field that the live list takes (every row has it anyway) and the document's enumeration lacks.
  {
    route: /^GET .*\/employees$/,
    problem: /fields.*must be equal to one of the allowed values/,
    source: 'get_v1_employees_list',
  },
  {
    // The document caps the limit at 100 in one half of its schema and at 2500 in the other and in words.
    route: /^GET .*\/employees(\?|$)/,
    problem: /^query parameter page \/limit: must be <= 100/,
    source: 'get_v1_employees_list',
  },
  {
    // Any case is taken, as the document says in words (recorded: JSON).
    route: /^POST .*\/reports\/custom/,
    problem: /^query parameter format \/: must be equal to one of the allowed values/,
    source: 'post_v1_reports_custom',
  },
];

/** What remains of `problems` of `METHOD /path` when the listed contradictions are taken away. */
export function unexplained(route: string, problems: string[]): string[] {
  return problems.filter(
    (problem) =>
      !BAMBOOHR_CONTRADICTIONS.some((entry) => entry.route.test(route) && entry.problem.test(problem)),
  );
}
