import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks in a second, on every Linux that runs Node. */
const TICKS = 100;

/** The text of a file of each process that this one started; none where there is no /proc. */
async function ofChildren(file: string): Promise<string[]> {
  const processes = await readdir('/proc').catch(() => []);
  const texts = processes
    .filter((name) => /^\d+$/.test(name))
    .map(async (pid) => {
      try {
        const status = await readFile(`/proc/${pid}/status`, 'utf8');
        if (Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]) !== process.pid) return [];
        return [await readFile(`/proc/${pid}/${file}`, 'utf8')];
      } catch {
        return []; // The process ended between listing and reading.
      }
    });
  return (await Promise.all(texts)).flat();
}

/** Computing time of the processes that this one started and that still run, seconds. */
export async function childSeconds(): Promise<number> {
  const stats = await ofChildren('stat');
  return stats.reduce((sum, stat) => {
    // After the name, which may hold anything: field 3 is the state, 14 and 15 are user and system ticks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
  }, 0);
}

/** Their resident memory now, MiB. */
export async function childRssMiB(): Promise<number> {
  const statuses = await ofChildren('status');
  return statuses.reduce(
    (sum, status) => sum + Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024,
    0,
  );
}
