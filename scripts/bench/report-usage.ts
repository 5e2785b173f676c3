/**
 * Loaded before a verb (`node --import`): when the process ends it tells its peak memory on file descriptor 3, in bytes.
 * `maxRSS` is in kilobytes on every platform (Node's documentation of process.resourceUsage).
 */
import { writeSync } from 'node:fs';

process.on('exit', () => {
  writeSync(3, String(process.resourceUsage().maxRSS * 1024));
});
