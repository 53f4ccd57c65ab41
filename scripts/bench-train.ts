import { parseArgs } from 'node:util';
import { type BenchCase, cases, defaultCases, type PeerName, peerNames } from './bench-train/cases.ts';
import { type Peer, startPeer } from './bench-train/start-peer.ts';

/*
 * Times one training step of each peer, interleaved, in processes of their own: medians, in milliseconds.
 * `npm run bench:train -- --json` prints JSON alone. A peer that is not installed is null.
 */
const HELP = `Usage: npm run bench:train -- [--json] [--rounds 5] [--threads 2] [--cases <names>] [--peers <names>] [--python <program>]

  --cases   of ${cases.map(({ name }) => name).join(', ')}
  --peers   of ${peerNames.join(', ')}
  --python  a Python with PyTorch, for the peer torch; by default TORCH_PYTHON of the environment`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    cases: { type: 'string', default: defaultCases.join(',') },
    peers: { type: 'string', default: peerNames.join(',') },
    python: { type: 'string', default: process.env.TORCH_PYTHON },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

/** The first rounds compile code and grow the heap. */
const WARMUP_ROUNDS = 2;

/** A peer that has used so much time is not asked again: plain TensorFlow.js takes minutes for what others do in one. */
const PATIENCE_MS = 60_000;

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number;
}

/** Medians of all peers on one case, and the largest memory of the peer npm, MB. */
async function measure(bench: BenchCase): Promise<{ row: Record<string, number | null>; peakMb: number }> {
  const peers = (options.peers.split(',') as PeerName[]).flatMap((name): Peer[] => {
    const peer = startPeer(name, bench, Number(options.threads), options.python);
    return peer === null ? [] : [peer];
  });
  const times = new Map<PeerName, number[]>();
  let peakMb = 0;
  try {
    for (let round = 0; round < WARMUP_ROUNDS + Number(options.rounds); round++) {
      for (const peer of peers) {
        const before = times.get(peer.name) ?? [];
        if (before.reduce((sum, ms) => sum + ms, 0) > PATIENCE_MS) continue;
        const reply = await peer.step();
        if (reply === null) continue;
        times.set(peer.name, [...before, reply.ms]);
        if (peer.name === 'npm') peakMb = Math.max(peakMb, reply.peakMb);
      }
    }
  } finally {
    for (const peer of peers) peer.stop();
  }
  const ms = (name: PeerName) => {
    const measured = times.get(name);
    if (measured === undefined) return null;
    const warm = measured.slice(Math.min(WARMUP_ROUNDS, measured.length - 1));
    return Number(median(warm).toFixed(1));
  };
  const row = Object.fromEntries(peerNames.map((name) => [`${name.replace('-', '_')}_ms`, ms(name)]));
  const [npm, torch] = [ms('npm'), ms('torch')];
  const ratio = npm === null || torch === null ? null : Number((npm / torch).toFixed(3));
  return { row: { ...row, npm_over_torch: ratio }, peakMb };
}

const report: Record<string, unknown> = {};
let peak = 0;
for (const bench of cases.filter(({ name }) => options.cases.split(',').includes(name))) {
  const { row, peakMb } = await measure(bench);
  report[bench.name] = row;
  peak = Math.max(peak, peakMb);
  if (!options.json) console.log(bench.name, row);
}
report.peak_mb = Math.round(peak);
console.log(options.json ? JSON.stringify(report) : `peak of npm: ${report.peak_mb} MB`);
