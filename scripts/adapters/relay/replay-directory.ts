/** The replay ledger as files in one folder that several Node processes share (one host, or NFS). */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLAIM_LEASE_MS, type Claim, type ReplayLedger } from './replay-ledger.ts';

const SWEEP_EVERY_MS = 10 * 60_000;

/**
 * `<signature>.landed` holds until when it is remembered; `<signature>.claim-<n>` until when it is claimed. A claim is
 * made with link(2), which fails when the name exists: of two processes exactly one gets it, over NFS too. A claim
 * that ran out, or whose process on this host is no more, is not replaced (two could replace it) but followed by the
 * next number.
 */
export async function openReplayDirectory(folder: string): Promise<ReplayLedger> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const held = new Map<string, string>();
  let sweptAt = 0;

  async function claim(signature: string, now: number): Promise<Claim> {
    if (now - sweptAt >= SWEEP_EVERY_MS) {
      sweptAt = now;
      await sweep(folder, now);
    }
    if (await isLanded(signature, now)) return 'landed';
    for (let turn = 0; ; turn += 1) {
      const name = join(folder, `${signature}.claim-${turn}`);
      if (await create(name, now + CLAIM_LEASE_MS)) {
        held.set(signature, name);
        // Whoever held it may have landed and let go between the two looks.
        if (!(await isLanded(signature, now))) return 'claimed';
        await settle(signature, false);
        return 'landed';
      }
      const holder = await readMark(name);
      // Gone between the two looks: its holder has settled, so look again from the start.
      if (holder === undefined) return claim(signature, now);
      if (holder.until > now && !isDead(holder.owner)) return 'held';
    }
  }

  async function settle(signature: string, landed: boolean, until = 0): Promise<void> {
    if (landed) await replace(join(folder, `${signature}.landed`), until);
    const name = held.get(signature);
    held.delete(signature);
    if (name !== undefined) await rm(name, { force: true });
  }

  async function isLanded(signature: string, now: number): Promise<boolean> {
    const mark = await readMark(join(folder, `${signature}.landed`));
    return mark !== undefined && mark.until > now;
  }

  return { claim, settle };
}

/** False when it exists. */
async function create(name: string, until: number): Promise<boolean> {
  const draft = await writeDraft(name, until);
  try {
    await link(draft, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replace(name: string, until: number): Promise<void> {
  await rename(await writeDraft(name, until), name);
}

async function writeDraft(name: string, until: number): Promise<string> {
  const draft = `${name}.${randomUUID()}.draft`;
  await writeFile(draft, `${until} ${process.pid}@${hostname()}`, { mode: 0o600 });
  return draft;
}

interface Mark {
  until: number;
  /** `pid@host` */
  owner: string;
}

/** Undefined when the file is not there. What cannot be read as an instant has run out. */
async function readMark(name: string): Promise<Mark | undefined> {
  try {
    const [until = '', owner = ''] = (await readFile(name, 'utf8')).split(' ');
    return { until: Number(until) || 0, owner };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Only what is certain: a process of this host that is gone. Of other hosts the lease decides. */
function isDead(owner: string): boolean {
  const [pid, host] = owner.split('@');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Removes what ran out ten leases ago, when no later claim can stand on it any more. Several processes may sweep at once. */
async function sweep(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/\.(landed|draft|claim-\d+)$/.test(name)) continue;
    const mark = await readMark(join(folder, name));
    if (mark !== undefined && mark.until < now - 10 * CLAIM_LEASE_MS)
      await rm(join(folder, name), { force: true });
  }
}
