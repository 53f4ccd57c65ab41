import { type Architecture, headWidths } from '../model/architecture.ts';
import type { Buffer } from './arena.ts';
import { padded } from './kernels.ts';
import { type BuiltPlan, PlanBuilder, start } from './plan-builder.ts';
import {
  type ContractingFilters,
  type HeadFilters,
  halved,
  type PlainFilters,
  type PreparedModel,
  type Size,
} from './prepare-model.ts';
import { planResidualUnet } from './residual-plan.ts';
import type { FeatureMap } from './steps.ts';
import type { Tuning } from './tuning.ts';

/** What of an image is computed once: what to run, where to put the image, where to find the results. */
export interface EncoderPlan extends BuiltPlan {
  /** The image [H,W,C], without padding. */
  readonly image: Buffer;
  /** μ, log σ: 2D numbers. */
  readonly gaussian: Buffer;
  /** [R, padded(D)] */
  readonly queries: Buffer;
  /** The decoder's first layer on the features, in panels of four pixels: [⌈H·W/4⌉, padded(F), 4]. */
  readonly imagePart: Buffer;
}

/**
 * The order of work for images of a size. The prior comes first, and a map is overwritten by its last reader wherever
 * that can: so the skips of the U-Net, and one map of features at a time, are what the arena has to hold.
 */
export function planEncoder(
  model: PreparedModel,
  architecture: Architecture,
  size: Size,
  tuning: Pick<Tuning, 'groupBytes' | 'wholeStageBytes'>,
): EncoderPlan {
  const plan = new PlanBuilder();
  const image = plan.buffer(4 * size.height * size.width * architecture.channels);
  const gaussian = planPrior(plan, model, architecture, image, size);
  const features = planBackbone(plan, model, architecture, image, size);
  const queries = plan.buffer(4 * architecture.personas * padded(architecture.latent));
  planHeads(plan, model, architecture, features, queries, tuning);
  const pixels = size.height * size.width;
  const part = plan.dense(features.buffer, pixels, model.decoderFirst);
  const imagePart = plan.panels(part, pixels, model.decoderFirst.n);
  plan.touch(gaussian, queries, imagePart);
  return { ...plan.build(), image, gaussian, queries, imagePart };
}

/** The contracting path. @param keep whether finer levels are read later @returns the map of each level, or the deepest */
function planContracting(
  plan: PlanBuilder,
  { first, levels }: ContractingFilters,
  { channels }: Architecture,
  image: Buffer,
  size: Size,
): FeatureMap[] {
  const maps: FeatureMap[] = [];
  for (const filters of levels) {
    const finer = maps.at(-1);
    let map: FeatureMap;
    if (finer === undefined) {
      map = plan.first(image, size, channels, first);
    } else {
      map = plan.map(halved(finer), finer.channels);
      plan.pool(finer, map);
    }
    maps.push(plan.convolutions(map, filters, true));
  }
  return maps;
}

function planPrior(
  plan: PlanBuilder,
  { prior, priorOut }: PreparedModel,
  architecture: Architecture,
  image: Buffer,
  size: Size,
): Buffer {
  const deepest = planContracting(plan, prior, architecture, image, size).at(-1) as FeatureMap;
  const mean = plan.buffer(4 * priorOut.k);
  plan.mean(deepest, start(mean));
  return plan.dense(mean, 1, priorOut);
}

function planBackbone(
  plan: PlanBuilder,
  { unet, residual }: PreparedModel,
  architecture: Architecture,
  image: Buffer,
  size: Size,
): FeatureMap {
  if (unet !== undefined) return planUnet(plan, unet, architecture, image, size);
  if (residual === undefined) throw new Error('The model has no backbone');
  return planResidualUnet(plan, residual, architecture.channels, image, size);
}

function planUnet(
  plan: PlanBuilder,
  { down, up }: PlainFilters,
  architecture: Architecture,
  image: Buffer,
  size: Size,
): FeatureMap {
  const levels = planContracting(plan, down, architecture, image, size);
  let map = levels.at(-1) as FeatureMap;
  for (let level = levels.length - 2; level >= 0; level--) {
    const skip = levels[level] as FeatureMap;
    const [joining, ...rest] = up[level] ?? [];
    if (joining === undefined) throw new Error(`Level ${level} has no filters`);
    // The skip has as many channels as the output, which takes its place.
    plan.convolution({
      filters: joining,
      up: map,
      plain: start(skip.buffer),
      plainChannels: skip.channels,
      height: skip.height,
      width: skip.width,
      out: start(skip.buffer),
    });
    map = plan.convolutions(skip, rest, true);
  }
  return map;
}

/** Rows of the heads' first stage that are computed before they are pooled: with two more, whole tiles of 4. */
const BAND_ROWS = 30;

/** The heads: the first convolution of several personas in one pass over the features, then each for itself. */
function planHeads(
  plan: PlanBuilder,
  { heads }: PreparedModel,
  architecture: Architecture,
  features: FeatureMap,
  queries: Buffer,
  { groupBytes, wholeStageBytes }: Pick<Tuning, 'groupBytes' | 'wholeStageBytes'>,
): void {
  const { personas, head, latent } = architecture;
  const border = head.padding - 1;
  const [firstStage, ...stages] = heads;
  const [first, second] = firstStage ?? [];
  if (first === undefined || second === undefined) throw new Error('The heads have no stages');
  const width = headWidths(architecture)[0] as number;
  const grown = (size: Size, by: number) => ({ height: size.height + 2 * by, width: size.width + 2 * by });
  const [middle, done] = [grown(features, border), grown(features, 2 * border)];
  const rowBytes = 4 * middle.width * padded(width);
  const whole = rowBytes * middle.height <= wholeStageBytes;
  const bandRows = whole ? done.height : BAND_ROWS;
  const bandBytes = rowBytes * (Math.min(bandRows, middle.height) + 2);
  const pooledBytes = 4 * halved(done).height * halved(done).width * padded(width);
  const together = Math.max(1, Math.floor(groupBytes / (bandBytes + pooledBytes)));
  for (let begin = 0; begin < personas; begin += together) {
    const count = Math.min(together, personas - begin);
    const pooled = Array.from({ length: count }, () => plan.map(halved(done), width));
    for (let top = 0; top < done.height; top += bandRows) {
      const rows = Math.min(bandRows, done.height - top);
      const middleTop = Math.max(0, top - 1 - border);
      const middleRows = Math.min(middle.height, top + rows + 1 - border) - middleTop;
      const band = plan.buffer(bandBytes * count);
      plan.convolution({
        filters: personaFilters(first, begin),
        plain: start(features.buffer),
        plainChannels: features.channels,
        height: features.height,
        width: features.width,
        border,
        out: start(band),
        outTop: middleTop,
        outRows: middleRows,
        copies: count,
        strides: { filters: first.stride, bias: first.biasStride, out: bandBytes },
      });
      for (const [i, to] of pooled.entries()) {
        const plain = { buffer: band, offset: i * bandBytes };
        const out = border === 0 ? plain : start(plan.buffer(4 * rows * done.width * padded(width)));
        plan.convolution({
          filters: personaFilters(second, begin + i),
          plain,
          plainChannels: width,
          plainTop: middleTop,
          ...middle,
          border,
          out,
          outTop: top,
          outRows: rows,
        });
        const offset = (top / 2) * to.width * padded(width) * 4;
        plan.poolRows(
          out,
          { height: rows, width: done.width, channels: width },
          { buffer: to.buffer, offset },
        );
      }
    }
    for (const [i, map] of pooled.entries()) {
      const query = { buffer: queries, offset: 4 * (begin + i) * padded(latent) };
      plan.mean(planStages(plan, stages, map, begin + i, border, head.finalRelu), query);
    }
  }
}

/** The stages of one head after its first. */
function planStages(
  plan: PlanBuilder,
  stages: readonly (readonly HeadFilters[])[],
  pooled: FeatureMap,
  persona: number,
  border: number,
  finalRelu: boolean,
): FeatureMap {
  let map = pooled;
  for (const [stage, layers] of stages.entries()) {
    if (stage > 0) {
      const smaller = plan.map(halved(map), map.channels);
      plan.pool(map, smaller);
      map = smaller;
    }
    for (const [i, layer] of layers.entries()) {
      const inPlace = border === 0 && layer.n <= layer.depth;
      const size = { height: map.height + 2 * border, width: map.width + 2 * border };
      const out = inPlace ? { ...map, channels: layer.n } : plan.map(size, layer.n);
      const last = stage === stages.length - 1 && i === layers.length - 1;
      plan.convolution({
        filters: personaFilters(layer, persona),
        plain: start(map.buffer),
        plainChannels: map.channels,
        height: map.height,
        width: map.width,
        border,
        out: start(out.buffer),
        relu: !last || finalRelu,
      });
      map = out;
    }
  }
  return map;
}

/** Filters of one persona, or of those from one on. */
function personaFilters(filters: HeadFilters, persona: number): HeadFilters {
  return {
    ...filters,
    address: filters.address + persona * filters.stride,
    bias: filters.bias + persona * filters.biasStride,
    scales: filters.scales === 0 ? 0 : filters.scales + persona * filters.biasStride,
  };
}
