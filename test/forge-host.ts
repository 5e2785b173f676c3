/** The process of forge.ts: emulates GitHub as often as it is asked to, until its parent is gone. */
import { createGitHub } from '../scripts/emulators/github/index.ts';
import { type RunningEmulator, startEmulator } from '../scripts/emulators/kit/server.ts';
import type { Answer, Wish } from './forge.ts';

const running = new Map<number, RunningEmulator>();

async function fulfil({ forge, start }: Wish): Promise<string> {
  if (start === undefined) {
    await running.get(forge)?.close();
    running.delete(forge);
    return '';
  }
  const { seed, now } = start;
  const emulator = await startEmulator(createGitHub(seed), now === undefined ? {} : { now });
  running.set(forge, emulator);
  return emulator.url;
}

process.on('message', (wish: Wish) => {
  const answer = (rest: Omit<Answer, 'wish'>): void => void process.send?.({ wish: wish.wish, ...rest });
  fulfil(wish).then(
    (url) => answer({ url }),
    (error: unknown) => answer({ error: String(error) }),
  );
});
// Whoever was killed has closed nothing, and a repository left on the disk is one in every run.
process.on('disconnect', () => {
  void Promise.all([...running.values()].map((emulator) => emulator.close())).finally(() => process.exit());
});
