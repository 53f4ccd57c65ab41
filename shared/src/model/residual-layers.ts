import { type Architecture, residualSizes } from './architecture.ts';

/** A convolution without bias, followed by BatchNorm: the only kind of layer of the residual U-Net. */
export interface NormalisedLayer {
  /** Path, such as `unet/stage1/block0/conv0`. */
  readonly name: string;
  /** Of the kernel [size, size, from, to]. */
  readonly size: 1 | 3 | 7;
  readonly from: number;
  readonly to: number;
}

/** Names of the residual U-Net's layers. */
export const layerName = {
  stem: 'unet/stem',
  block: (stage: number, block: number, layer: 'conv0' | 'conv1' | 'shortcut') =>
    `unet/stage${stage}/block${block}/${layer}`,
  up: (level: number, layer: 0 | 1) => `unet/up/${level}/conv${layer}`,
};

/** Whether a block changes the map's size or channels, so that its shortcut is a convolution. */
export function hasShortcut(stage: number, block: number, from: number, to: number): boolean {
  return block === 0 && (stage > 0 || from !== to);
}

/** Every layer of the residual U-Net in the order in which weights are stored: stem, stages, decoder. */
export function residualLayers(architecture: Architecture): NormalisedLayer[] {
  const { blocks, widths, decoder } = residualSizes(architecture);
  const stem = widths[0] as number;
  const layers: NormalisedLayer[] = [
    { name: layerName.stem, size: 7, from: architecture.channels, to: stem },
  ];
  let from = stem;
  for (const [stage, count] of blocks.entries()) {
    const to = widths[stage] as number;
    for (let block = 0; block < count; block++) {
      const at = { size: 3, from, to } as const;
      layers.push({ ...at, name: layerName.block(stage, block, 'conv0') });
      layers.push({ ...at, name: layerName.block(stage, block, 'conv1'), from: to });
      if (hasShortcut(stage, block, from, to))
        layers.push({ ...at, name: layerName.block(stage, block, 'shortcut'), size: 1 });
      from = to;
    }
  }
  // Skips, coarsest first: the stages but the deepest, the stem; the finest level has none.
  const skips = [...widths.slice(0, -1).toReversed(), stem, 0];
  for (const [i, to] of decoder.entries()) {
    const level = decoder.length - 1 - i;
    layers.push({ name: layerName.up(level, 0), size: 3, from: from + (skips[i] as number), to });
    layers.push({ name: layerName.up(level, 1), size: 3, from: to, to });
    from = to;
  }
  return layers;
}
