import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchCase, PeerName, PeerReply } from './cases.ts';

/** A peer in a process of its own, which takes one step at a time. */
export interface Peer {
  readonly name: PeerName;
  /** @returns null when the peer is not installed, or has failed */
  step(): Promise<PeerReply | null>;
  stop(): void;
}

const NODE_PEER = new URL('./peer.ts', import.meta.url);
const TORCH_PEER = fileURLToPath(new URL('../../test/peers/torch-training/step.py', import.meta.url));

/** @param python a Python that has PyTorch; absent: there is no such peer */
export function startPeer(name: PeerName, bench: BenchCase, threads: number, python?: string): Peer | null {
  if (name === 'torch') return python === undefined ? null : startTorch(bench, threads, python);
  const child = fork(NODE_PEER, [name, bench.name, String(threads)], {
    env: { ...environment(threads), TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: String(threads) },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = endOf(child);
  return {
    name,
    async step() {
      if (!child.connected) return null;
      child.send('step');
      const reply = once(child, 'message').then(([message]) => message as PeerReply);
      return Promise.race([reply, ended]);
    },
    stop: () => child.kill(),
  };
}

function startTorch({ stage, side, batch, widths }: BenchCase, threads: number, python: string): Peer {
  const settings = JSON.stringify({ stage, side, batch, widths, threads });
  const child = spawn(python, [TORCH_PEER, settings], {
    env: environment(threads),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Its end is told by `ended`; writing to it after that must not end this process.
  child.stdin.on('error', () => {});
  const ended = endOf(child);
  const lines = createInterface({ input: child.stdout });
  return {
    name: 'torch',
    async step() {
      child.stdin.write('step\n');
      const reply = once(lines, 'line').then(([line]) => JSON.parse(line as string) as PeerReply);
      return Promise.race([reply, ended]);
    },
    stop: () => child.kill(),
  };
}

/** Idle threads sleep: where cores are shared, those that spin slow PyTorch down several times over. */
function environment(threads: number): NodeJS.ProcessEnv {
  return { ...process.env, OMP_NUM_THREADS: String(threads), OMP_WAIT_POLICY: 'passive' };
}

function endOf(child: ChildProcess): Promise<null> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve(null));
    child.once('error', () => resolve(null));
  });
}
