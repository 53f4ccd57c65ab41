import { type Architecture, residualSizes } from '../model/architecture.ts';
import { hasShortcut, layerName } from '../model/residual-layers.ts';
import type { Filters, Joined } from './filters.ts';
import { padded } from './kernels.ts';
import { halved, type Matrix, matrixOf, type Size } from './prepare-model.ts';
import type { Tuning } from './tuning.ts';
import type { WeightMemory } from './weight-memory.ts';

/** One residual block in the engine's memory. */
export interface BlockFilters {
  readonly first: Filters;
  readonly second: Filters;
  /** Of the shortcut where it is a convolution; such a block halves the map. */
  readonly shortcut: Matrix | undefined;
}

/** The residual U-Net in the engine's memory, BatchNorm folded. */
export interface ResidualFilters {
  /** The taps of the first convolution as a matrix. */
  readonly stem: Matrix;
  /** Blocks of each stage, finest first. */
  readonly stages: readonly (readonly BlockFilters[])[];
  /** Two convolutions of each level of the decoder, coarsest first. */
  readonly up: readonly (readonly [Filters, Filters])[];
}

/** Puts the residual U-Net of a release into the engine's memory. @param size of the images it is made for */
export function prepareResidual(
  memory: WeightMemory,
  architecture: Architecture,
  size: Size,
  chooseMethod: Tuning['chooseMethod'],
): ResidualFilters {
  const { blocks, widths, decoder } = residualSizes(architecture);
  const filters = (name: string, joined: Joined, outputs: number, { height, width }: Size) => {
    const depth = joined.reduce((sum, channels) => sum + padded(channels), 0);
    return memory.filters([name], joined, outputs, chooseMethod(depth, padded(outputs), height, width));
  };
  const stemWidth = widths[0] as number;
  const stem = matrixOf(memory, layerName.stem, 49 * architecture.channels, stemWidth);
  // Sizes of the maps that the decoder grows back to, finest first: image, stem, stages.
  const sizes = [size, halved(size)];
  let from = stemWidth;
  let at = halved(halved(size));
  const stages = blocks.map((count, stage) => {
    const to = widths[stage] as number;
    const made = Array.from({ length: count }, (_, block): BlockFilters => {
      const name = (layer: 'conv0' | 'conv1' | 'shortcut') => layerName.block(stage, block, layer);
      const shortcut = hasShortcut(stage, block, from, to)
        ? matrixOf(memory, name('shortcut'), from, to)
        : undefined;
      const first = filters(name('conv0'), [from], to, at);
      if (shortcut !== undefined) at = halved(at);
      from = to;
      return { first, second: filters(name('conv1'), [to], to, at), shortcut };
    });
    sizes.push(at);
    return made;
  });
  const skips = [...widths.slice(0, -1).toReversed(), stemWidth];
  const up = decoder.map((to, i): [Filters, Filters] => {
    const level = decoder.length - 1 - i;
    const skip = skips[i];
    const joined = skip === undefined ? [from] : [from, skip];
    from = to;
    const there = sizes[level] as Size;
    return [
      filters(layerName.up(level, 0), joined, to, there),
      filters(layerName.up(level, 1), [to], to, there),
    ];
  });
  return { stem, stages, up };
}
