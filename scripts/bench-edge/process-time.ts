import { readdir, readFile } from 'node:fs/promises';

/** Milliseconds of one tick of the kernel's clock, in which `/proc` counts: 100 Hz everywhere that we know of. */
const TICK_MS = 10;

/** Fields of `/proc/<pid>/stat` behind the name, which may hold spaces: the third field of the manual's is the first. */
async function statFields(pid: string): Promise<{ name: string; fields: string[] } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const found = text === undefined ? null : /\((.*)\) (.*)/s.exec(text);
  return found === null ? undefined : { name: found[1] ?? '', fields: (found[2] ?? '').split(' ') };
}

/** Ids of the workerd processes that this one started. Empty where there is no `/proc`. */
export async function workerdProcesses(): Promise<Set<string>> {
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  const stats = await Promise.all(pids.map(async (pid) => ({ pid, stat: await statFields(pid) })));
  const own = stats.filter(({ stat }) => stat?.name === 'workerd' && stat.fields[1] === String(process.pid));
  return new Set(own.map(({ pid }) => pid));
}

/** Milliseconds of processor time that a process has taken: what other work on the machine hardly changes. */
export async function processMs(pid: string): Promise<number> {
  const fields = (await statFields(pid))?.fields ?? [];
  return TICK_MS * (Number(fields[11]) + Number(fields[12]));
}
