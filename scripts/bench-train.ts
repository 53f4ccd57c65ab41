import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { type BenchCase, cases, type PeerName, type PeerReply, peerNames } from './bench-train/cases.ts';

/*
 * Times one training step of each peer, interleaved, in processes of their own: medians, in milliseconds.
 * `npm run bench:train -- --json` prints JSON alone.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    cases: { type: 'string', default: cases.map(({ name }) => name).join(',') },
    peers: { type: 'string', default: peerNames.join(',') },
  },
});

interface Peer {
  readonly name: PeerName;
  /** One step. @returns null when the peer is not installed */
  step(): Promise<PeerReply | null>;
  stop(): void;
}

function startPeer(name: PeerName, bench: BenchCase): Peer {
  const child = fork(new URL('./bench-train/peer.ts', import.meta.url), [name, bench.name, options.threads]);
  const ended = once(child, 'exit').then(() => null);
  return {
    name,
    async step() {
      if (child.connected) child.send('step');
      const reply = once(child, 'message').then(([message]) => message as PeerReply);
      return Promise.race([reply, ended]);
    },
    stop: () => child.kill(),
  };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number;
}

/** Medians of all peers on one case; a peer that is not installed is null. */
async function measure(bench: BenchCase): Promise<{ row: Record<string, number | null>; peakMb: number }> {
  const peers = (options.peers.split(',') as PeerName[]).map((name) => startPeer(name, bench));
  const times = new Map<PeerName, number[]>();
  let peakMb = 0;
  try {
    // The first two rounds compile code and grow the heap.
    for (let round = -2; round < Number(options.rounds); round++) {
      for (const peer of peers) {
        const reply = await peer.step();
        if (reply === null || round < 0) continue;
        times.set(peer.name, [...(times.get(peer.name) ?? []), reply.ms]);
        if (peer.name === 'npm') peakMb = Math.max(peakMb, reply.peakMb);
      }
    }
  } finally {
    for (const peer of peers) peer.stop();
  }
  const ms = (name: PeerName) => {
    const measured = times.get(name);
    return measured === undefined ? null : Number(median(measured).toFixed(1));
  };
  const row = Object.fromEntries(peerNames.map((name) => [`${name.replace('-', '_')}_ms`, ms(name)]));
  const [npm, plain] = [ms('npm'), ms('tfjs-wasm')];
  const ratio = npm === null || plain === null ? null : Number((npm / plain).toFixed(3));
  return { row: { ...row, npm_over_tfjs_wasm: ratio }, peakMb };
}

const report: Record<string, unknown> = { threads: Number(options.threads) };
let peak = 0;
for (const bench of cases.filter(({ name }) => options.cases.split(',').includes(name))) {
  const { row, peakMb } = await measure(bench);
  report[bench.name] = row;
  peak = Math.max(peak, peakMb);
  if (!options.json) console.log(bench.name, row);
}
report.peak_mb = Math.round(peak);
console.log(options.json ? JSON.stringify(report) : `peak of npm: ${report.peak_mb} MB`);
