import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DisagreementAccumulator } from '../mask/disagreement.ts';
import { Engine } from './engine.ts';
import { compileBuild } from './kernel-build.ts';
import { personaLatents, sampleLatents } from './prompts.ts';
import { PAPER, randomImage, randomWeights } from './random-release.fixtures.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/**
 * Bytes that JavaScript holds on to. V8 frees the array buffers that a collection found on a thread of its own, so
 * that on a busy machine they are still counted after it; the next collection waits for that thread.
 */
export function heldBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * What one request holds at its peak, in bytes: a square image, so many personas, fifty samples, consensus and
 * disagreement, by an int8 release of the paper's size.
 */
export async function peakMemory(side: number, personas: number): Promise<{ peak: number; engine: number }> {
  const architecture = { ...PAPER, personas };
  const size = { height: side, width: side };
  const module = await compileBuild(readFile);
  if (module === undefined) throw new Error('This runtime has no SIMD');
  const weights = randomWeights(architecture, 1, true);
  let before = heldBytes();
  const image = randomImage(size, 1);
  const engine = new Engine({ module, architecture, weights, size });
  // Node counts an engine's memory among its array buffers, or does not: a change of it tells.
  const counted = heldBytes() - before > engine.bytes / 2 + image.byteLength;
  if (!counted) before = heldBytes() - image.byteLength;
  let peak = 0;
  const sample = () => {
    const held = heldBytes() - before;
    peak = Math.max(peak, counted ? held : held + engine.bytes);
  };
  const encoding = engine.encode(image, size);
  sample();
  const [overPersonas, overSamples] = [1, 2].map(() => new DisagreementAccumulator(side * side));
  for (const map of engine.probabilities(encoding, personaLatents(encoding, PAPER.keys, 500, 0))) {
    overPersonas?.add(map);
    sample();
  }
  for (const map of engine.probabilities(encoding, sampleLatents(encoding, 50, 0))) overSamples?.add(map);
  sample();
  const maps = [overPersonas?.mean(), overSamples?.mean(), overSamples?.deviation()];
  sample();
  if (maps.some((map) => map?.some(Number.isNaN))) throw new Error('A map holds NaN');
  return { peak, engine: engine.bytes };
}
