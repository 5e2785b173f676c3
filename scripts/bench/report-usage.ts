/**
 * Loaded before a verb (`node --import`): when the process ends it tells on file descriptor 3 how much memory it
 * needed at most (bytes) and how long it computed (seconds). `maxRSS` is in kilobytes on every platform and CPU times
 * are in microseconds (Node's documentation of process.resourceUsage).
 */
import { writeSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ peak: maxRSS * 1024, cpu: (userCPUTime + systemCPUTime) / 1_000_000 }));
});
