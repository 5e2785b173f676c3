/** Values of fields, neutral (null when unset); each endpoint then writes "unset" in its own way. */
import { createHash } from 'node:crypto';
import { dayFrom, offsetInstant } from './calendar.ts';
import type { Company, Employee } from './company.ts';
import { type DatedFacts, deriveDated, type Reading } from './dated-facts.ts';
import type { Field } from './field-catalogue.ts';
import { firstLast, lastFirst, type Roster, rosterOf } from './roster.ts';
import { factOf, textOf } from './vocabulary.ts';

export interface Reader {
  company: Company;
  roster: Roster;
  now: Date;
  dated(employee: Employee): DatedFacts;
  /** The value of a field: text, boolean, list, or null when unset. */
  value(employee: Employee, field: Field): unknown;
}

/** Reads every employee of `company` at one instant in one way; keeps what it derived until it is dropped. */
export function createReader(company: Company, reading: Reading, now: Date): Reader {
  const roster = rosterOf(company);
  const derived = new Map<string, DatedFacts>();

  function dated(employee: Employee): DatedFacts {
    const known = derived.get(employee.id);
    if (known !== undefined) return known;
    const facts = deriveDated(company, roster, employee, reading, now);
    derived.set(employee.id, facts);
    return facts;
  }

  function managerOf(employee: Employee): Employee | undefined {
    const { id } = dated(employee).manager;
    return id === null ? undefined : company.employees.get(id);
  }

  function value(employee: Employee, field: Field): unknown {
    const facts = dated(employee);
    switch (field.alias) {
      case 'id':
        return employee.id;
      case 'status':
      case 'employmentHistoryStatus':
      case 'employeeStatusDate':
      case 'terminationDate':
      case 'jobTitle':
      case 'department':
      case 'division':
      case 'location':
        return facts[field.alias];
      case 'reportsTo': {
        const manager = managerOf(employee);
        if (manager !== undefined && (facts.manager.name ?? lastFirst(manager)) === lastFirst(manager))
          return firstLast(manager);
        return facts.manager.name;
      }
      case 'supervisor': {
        const manager = managerOf(employee);
        return manager === undefined ? facts.manager.name : lastFirst(manager);
      }
      case 'supervisorId': {
        const manager = managerOf(employee);
        return manager === undefined ? null : textOf(manager, 'employeeNumber');
      }
      case 'supervisorEId':
        return facts.manager.id;
      case 'supervisorEmail': {
        const manager = managerOf(employee);
        return manager === undefined ? null : textOf(manager, 'workEmail');
      }
      case 'isSupervisor':
        return roster.managers.has(employee.id);
      case 'displayName':
        return firstLast(employee);
      case 'fullName1':
        return firstLast(employee);
      case 'fullName2':
        return lastFirst(employee);
      case 'bestEmail':
        return textOf(employee, 'workEmail') ?? textOf(employee, 'homeEmail');
      case 'lastChanged':
        return offsetInstant(employee.lastChanged);
      case 'photoUploaded':
      case 'canUploadPhoto':
        return factOf(employee, field.alias) === true;
      case 'photoUrl':
        return signPhotoUrl(company, employee, now);
      default:
        return plainValue(employee, field);
    }
  }

  return { company, roster, now, dated, value };
}

function plainValue(employee: Employee, field: Field): unknown {
  const value = factOf(employee, field.alias);
  if (value === undefined || value === null) return null;
  if (field.kind === 'date') return dayFrom(value) ?? null;
  if (typeof value === 'object' || typeof value === 'boolean') return value;
  return String(value);
}

/** A text as reports and single reads carry it: all strings or null, `0000-00-00` for an unset date (recorded). */
export function reportText(value: unknown, field: Field): string | boolean | null {
  if (field.kind === 'date' && (value === null || value === '')) return '0000-00-00';
  if (value === null) return null;
  if (typeof value === 'boolean') return field.type === 'bool' ? value : value ? 'Yes' : 'No';
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A signed link that differs on every read, as the live one does: it must never be committed anywhere. */
function signPhotoUrl(company: Company, employee: Employee, now: Date): string {
  company.photoReads += 1;
  const expires = Math.floor(now.getTime() / 1000) + 3600;
  const signature = createHash('sha256').update(
    `${company.name} ${employee.id} ${expires} ${company.photoReads}`,
  );
  return `https://images.bamboohr.com/${company.companyId}/photos/${employee.id}-0-4.jpg?Expires=${expires}&Signature=${signature.digest('hex').slice(0, 40)}`;
}
