/** What a disaster is: a bad day, what must come of it, what people must be told, and what others did on that day. */
import type { Stage } from './stage.ts';

export interface Disaster {
  /** kebab-case */
  name: string;
  /** What happens, in one line. */
  what: string;
  /** Of the company; default COMPANY_OF. */
  people?: number;
  /** Of the company; default America/Denver. */
  timeZone?: string;
  /** The company had its accounts before it had Rollcall, which adopted them; default false: Rollcall made them all. */
  adopted?: boolean;
  /** Codes and exits (`export 3`) that somebody must have been told; a disaster that passes in silence is not survived. */
  tells: string[];
  /** What was measured of others on the same day; peers are named with their version in PEERS. */
  peers?: string;
  play(stage: Stage): Promise<void>;
}

/** People in the company where a disaster does not say. */
export const COMPANY_OF = 60;
