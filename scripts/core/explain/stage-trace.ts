/** A stage in words: the facts that decided, and the line of lifecycle.yaml that reads them. It explains deriveStage and decides nothing. */
import type { Policy } from '../mappings/policy.ts';
import type { RuleFailure } from '../mappings/rule-failure.ts';
import type { Employee } from '../people/employee.ts';
import type { PersonFile, Stage } from '../people/person-file.ts';
import { lastDayOf, meaningOf } from '../people/stage.ts';
import type { Day } from '../values/calendar.ts';
import type { Source } from '../values/source.ts';
import type { LineCommit, LineCommits } from './rule-trace.ts';

export interface StageTrace {
  stage: Stage;
  /** Why, in one sentence. */
  because: string;
  /** Line of lifecycle.yaml (or exceptions.yaml) that decided, where there is one. */
  place?: string;
  commit?: LineCommit;
  /** Code of the hold. */
  hold?: string;
  /** Why nothing that follows is done without review. */
  review?: string;
}

/** `mappings/lifecycle.yaml:21` of the employment status that a person has, for commits to be looked up. */
export function statusPlace(person: PersonFile, lifecycle: Source): string {
  const status = person.employee['employmentStatus'] as string | undefined;
  return `${lifecycle.file}:${lifecycle.locate(['employmentStatuses', status ?? '']).line}`;
}

export function traceStage(
  person: PersonFile,
  {
    policy,
    lifecycle,
    commits,
    asOf,
    failure,
  }: {
    policy: Policy;
    lifecycle: Source;
    commits: LineCommits;
    asOf: Day;
    /** A rule that cannot be worked out over the facts; whoever is not on hold for it goes on leave without it. */
    failure?: RuleFailure | undefined;
  },
): StageTrace {
  const employee = person.employee as Employee;
  const { stage, hold, review, missingSince } = person;
  const status = employee['employmentStatus'];
  const isMapped = meaningOf(policy.lifecycle, status) !== undefined;
  const place = isMapped ? statusPlace(person, lifecycle) : undefined;
  const commit = place === undefined ? undefined : commits.get(place);
  const facts = [factsOf(person, policy, asOf), ...(failure === undefined ? [] : [failure.said])].join('; ');
  const because =
    missingSince !== undefined
      ? `missing from BambooHR since ${missingSince}; ${hold?.message ?? review ?? ''}`
      : hold === undefined
        ? facts
        : `${hold.message} (${factsOf(person, policy, asOf)})`;
  return {
    stage,
    because,
    ...(place === undefined ? {} : { place }),
    ...(commit === undefined ? {} : { commit }),
    ...(hold === undefined ? {} : { hold: hold.code }),
    ...(review === undefined ? {} : { review }),
  };
}

/** "BambooHR says Active; Full-Time means working; first day 2020-01-06 has come; no last day" */
function factsOf(person: PersonFile, policy: Policy, asOf: Day): string {
  const employee = person.employee as Employee;
  const status = employee['employmentStatus'];
  const meaning = meaningOf(policy.lifecycle, status);
  const hireDate = employee['hireDate'];
  const lastDay = lastDayOf(employee, policy.lifecycle);
  const first =
    hireDate === undefined
      ? 'no first day'
      : hireDate > asOf
        ? `first day ${hireDate} is still to come (accounts are made ${policy.lifecycle.prehire.days} days before)`
        : `first day ${hireDate} has come`;
  const last =
    lastDay === undefined
      ? 'no last day'
      : lastDay < asOf
        ? `last day ${lastDay} is over`
        : `last day ${lastDay} is still to come`;
  const leave = person.leave;
  return [
    `BambooHR says ${employee['status'] ?? 'nothing'}`,
    `employment status ${status ?? '(none)'} ${meaning === undefined ? 'is not mapped' : `means ${meaning}`}`,
    first,
    last,
    ...(leave === undefined
      ? []
      : [`leave from ${leave.from}${leave.until === undefined ? '' : ` until ${leave.until}`}`]),
  ].join('; ');
}
