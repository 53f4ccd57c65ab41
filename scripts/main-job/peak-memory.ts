import { readdir, readFile } from 'node:fs/promises';

const KIB = /^VmHWM:\s+(\d+) kB$/m;

/** Highest resident memory of the processes that this one started, KiB; 0 where the system does not tell (Linux does). */
async function peakOfChildren(): Promise<number> {
  const processes = await readdir('/proc').catch(() => []);
  const peaks = processes
    .filter((name) => /^\d+$/.test(name))
    .map(async (pid) => {
      try {
        const status = await readFile(`/proc/${pid}/status`, 'utf8');
        if (Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]) !== process.pid) return 0;
        return Number(KIB.exec(status)?.[1] ?? 0);
      } catch {
        return 0; // The process ended between listing and reading.
      }
    });
  return (await Promise.all(peaks)).reduce((sum, peak) => sum + peak, 0);
}

/** Highest resident memory of this process, and of those that it started and that still run, MiB. */
export async function peakMemoryMiB(): Promise<number> {
  return (process.resourceUsage().maxRSS + (await peakOfChildren())) / 1024;
}
