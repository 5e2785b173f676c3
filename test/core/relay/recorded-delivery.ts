/** A real delivery of 2022: fusebit/integrations, src/bamboohr/bamboohr-connector/test; its signature recomputes. */
export const RECORDED = {
  key: '123b929362d51613054f71e5e5d4bf2c',
  timestamp: '1658248023',
  signature: '56491dd9c2b352bc5f4fc627159aae20ddff9c8cb19f239a6de6771dc5310bac',
  companyDomain: 'fusebit',
  body: '{"employees":[{"changedFields":["First name"],"fields":{"Employee #":{"value":"300"},"First name":{"value":"Tefi"},"Last name":{"value":"Adams"}},"id":"5"}]}',
  sentAt: 1_658_248_023_000,
};
