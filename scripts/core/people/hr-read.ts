/** What a complete read of BambooHR yields: our field names, absent values left out, everything text. */

/** One employee as the current read shows them. */
export interface HrRow {
  id: string;
  /** Field name -> value; `null`, `""` and `0000-00-00` are absent. */
  values: Record<string, string>;
  /** Fields that a permission hid in this row, or of which no value came: hidden is not empty. */
  hidden: string[];
}

export interface HrRead {
  /** How many employees BambooHR says there are. */
  total: number;
  rows: HrRow[];
  /**
   * The second read, in which the future stands as if it were now: scheduled dates and the job of people who have
   * not started. Never a source of status (reference: recorded 2022, terminated months early).
   */
  scheduled: Map<string, Record<string, string>>;
  /** Requested fields that a permission hid in every row, or that the answer left out altogether. */
  hiddenColumns: string[];
}
