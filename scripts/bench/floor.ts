/**
 * The fewest requests that the vendors' paging lets anybody make for the same knowledge.
 *
 * | verb   | what must be known                          | fewest requests                                            |
 * |--------|---------------------------------------------|------------------------------------------------------------|
 * | export | everybody as they are now                   | employees / 2,500 (page[limit] as recorded)                |
 * |        | last days and jobs to come                  | 1 report; it has no pages                                  |
 * | plan   | every account                               | accounts / 100 (limit of GET /api/systemusers)             |
 * |        | which groups there are                      | groups / 100 (limit of GET /api/v2/usergroups)             |
 * |        | who is in each, and whether it can be written | members / 100, at least 1, and 1 for membershipMethod, which no list tells |
 * | apply  | nothing, when nothing is pending            | 0                                                          |
 * |        | else what plan must know                    | as plan, and for one changed person 1 read before the first grant, 1 write |
 */
export interface Size {
  people: number;
  accounts: number;
  /** Members by group. */
  groups: ReadonlyMap<string, number>;
}

const BAMBOOHR_PAGE = 2_500;
const JUMPCLOUD_PAGE = 100;

export interface Floors {
  export: number;
  plan: number;
  apply: number;
  /** One person's profile changed, and nothing else. */
  applyOneChange: number;
}

export function floorsOf({ people, accounts, groups }: Size): Floors {
  const members = [...groups.values()].map((count) => pages(count, JUMPCLOUD_PAGE) + 1);
  const plan =
    pages(accounts, JUMPCLOUD_PAGE) +
    pages(groups.size, JUMPCLOUD_PAGE) +
    members.reduce((sum, requests) => sum + requests, 0);
  return { export: pages(people, BAMBOOHR_PAGE) + 1, plan, apply: 0, applyOneChange: plan + 2 };
}

function pages(rows: number, size: number): number {
  return Math.max(1, Math.ceil(rows / size));
}
