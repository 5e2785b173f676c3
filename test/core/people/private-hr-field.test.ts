import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AttributesFile } from '../../../scripts/core/mappings/attributes-file.ts';
import { HR_FIELD_NAMES } from '../../../scripts/core/people/hr-fields.ts';
import { isPrivateHrField } from '../../../scripts/core/people/private-hr-field.ts';

/** Names of the recorded employee dataset and of the reports, and names that a company might give. */
const PRIVATE =
  'addressLineOne addressLineOneAndTwo city zipcode homeEmail bestEmail homePhone emergencyContactMobilePhone ' +
  'emergencyContactStreet1 dependentBirthDate dependentFirstName dateOfBirth birthday birthplace age gender genderIdentity ' +
  'employeePronouns maritalStatus citizenship nationality nationalId ssn sin nin taxId passportNumber visaType ethnicity ' +
  'eeoJobCategory veteranStatus allergies vaccinationHistoryVaccinationStatus exposureTrackerComments compensationPayRate ' +
  'payBand projectPayRatePayRate bonusAmount commissionComment earningsPriorYearW2K1 equityGrantType stockOptionPlan ' +
  'benefitPlanName companyCreditCardLastFour employmentStatusTerminationReason employmentStatusTerminationType ' +
  'employmentStatusEligibleForRehire employmentStatusRegrettableOrNonRegrettable employmentStatusComment ' +
  'employmentStatusFinalPayDate employeeFinalPayDate preTerminationEmploymentStatus terminationDate noticePeriod ' +
  'timeOffCategory timeOffScheduled feedbackAnswer1 employeeAssessmentManagerImprove employeeGoalTitle noteNote ' +
  'payRate terminationReason eligibleForRehire lastChanged homeemail home_email customSalaryBand customPersonalPhone ' +
  'customHomeAddress customSSN customLeaveType';
const OPEN =
  'customBadgeNumber badgeNumber customShirtsize customCostCenter customAccessCard customHomeOffice customEmailAddress ' +
  'customField4337 customStage customLanguage jobLevel isSupervisor departmentNumber assetSerialNumber adpFileNumber team';

describe('fields of BambooHR that a mapping may not bring in', () => {
  test.each(PRIVATE.split(' '))('%s is refused as a custom field', (field) => {
    const read = AttributesFile.safeParse({ customFields: { badge: { field } }, attributes: {} });
    expect(read.error?.issues[0]?.path).toEqual(['customFields', 'badge', 'field']);
    expect(read.error?.issues[0]?.message).toContain('never exported');
  });

  test('what says nothing of anybody in private is let in', () => {
    expect(OPEN.split(' ').filter(isPrivateHrField)).toEqual([]);
  });

  test('nothing of the list that mappings may read is private, but for the last day, which waits for its window', () => {
    expect([...HR_FIELD_NAMES].filter(isPrivateHrField)).toEqual(['terminationDate']);
  });
});

const RECORDED = resolve(
  import.meta.dirname,
  '../../../../shared/reference/recordings/get_v1_2_datasets_employee_fields.json',
);
test.runIf(existsSync(RECORDED))('of 458 recorded fields, those that are left are about work', () => {
  const names = [
    ...new Set(
      [...readFileSync(RECORDED, 'utf8').matchAll(/"name": ?"([\w.]+)"/g)].map(([, name]) => name ?? ''),
    ),
  ];
  expect(names.length).toBeGreaterThan(400);
  const open = names.filter((name) => !isPrivateHrField(name));
  const suspicious =
    /pay|birth|ssn|home|emerg|depend|terminat|reason|salary|bonus|health|vacc|visa|tax|comment|note/i;
  expect(open.filter((name) => suspicious.test(name))).toEqual([]);
});
