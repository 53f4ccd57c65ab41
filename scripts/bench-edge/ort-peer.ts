import { personaLatents, sampleLatents } from '@d-persona/shared/engine/prompts.ts';
import { PAPER, randomImage, randomWeights } from '@d-persona/shared/engine/random-release.fixtures.ts';
import { DisagreementAccumulator } from '@d-persona/shared/mask/disagreement.ts';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { ModelExport } from './onnx/export-model.ts';
import { type Peer, SAMPLES } from './peer.ts';

/** What `onnxruntime-web` and `onnxruntime-node` have in common. */
export interface Runtime {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => Tensor;
  session(model: Uint8Array): Promise<InferenceSession>;
  memoryBytes(): number;
}

/** ONNX Runtime, its graph optimised as far as it can, the decoder's first layer split as ours is. */
export async function ortPeer({ Tensor, session, memoryBytes }: Runtime, side: number): Promise<Peer> {
  const weights = randomWeights(PAPER, 1, true);
  const { latent, widths } = PAPER;
  const features = widths[0] as number;
  const models = new ModelExport(weights, PAPER, side);
  const encoder = await session(models.encoder());
  const decoder = await session(models.decoder());
  const [partName, gaussianName, queriesName] = encoder.outputNames as [string, string, string];
  const [mapName] = decoder.outputNames as [string];
  const image = new Tensor('float32', randomImage({ height: side, width: side }, 1, 2), [1, 1, side, side]);
  const kernel = weights.get('decoder/first/kernel')?.data.slice(features * features) as Float32Array;
  const bias = weights.get('decoder/first/bias')?.data as Float32Array;
  let part: Tensor;
  let encoding: Parameters<typeof sampleLatents>[0];
  let latents: Float32Array[];
  let map: Float32Array<ArrayBufferLike> = new Float32Array();
  const values = (tensor: Tensor | undefined) => tensor?.data as Float32Array;
  const encode = async () => {
    const out = await encoder.run({ image });
    part = out[partName] as Tensor;
    const gaussian = values(out[gaussianName]);
    encoding = {
      height: side,
      width: side,
      imagePart: values(part),
      mu: gaussian.slice(0, latent),
      logSigma: gaussian.slice(latent),
      queries: values(out[queriesName]),
    };
    latents = personaLatents(encoding, PAPER.keys, 500, 0);
  };
  const latentBias = (z: Float32Array) =>
    bias.map((b, f) => z.reduce((sum, value, d) => sum + value * (kernel[d * features + f] as number), b));
  const draw = async (z: Float32Array) => {
    const feeds = { part, latent: new Tensor('float32', latentBias(z), [1, features, 1, 1]) };
    map = values((await decoder.run(feeds))[mapName]);
    return map;
  };
  await encode();
  return {
    encode,
    async personas() {
      for (const z of latents) await draw(z);
    },
    async persona() {
      await draw(latents[0] as Float32Array);
    },
    async samples50() {
      const spread = new DisagreementAccumulator(side * side);
      for (const z of sampleLatents(encoding, SAMPLES, 0)) spread.add(await draw(z));
      map = spread.deviation();
    },
    memoryBytes,
    map: () => map,
  };
}
