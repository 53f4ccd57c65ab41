import type { Buffer } from './arena.ts';
import { type PlanBuilder, start } from './plan-builder.ts';
import { halved, type Size } from './prepare-model.ts';
import type { BlockFilters, ResidualFilters } from './prepare-residual.ts';
import type { FeatureMap } from './steps.ts';

/** The residual U-Net: see `model/residual-unet.ts`. A convolution of stride 2 is one of stride 1, then halved. */
export function planResidualUnet(
  plan: PlanBuilder,
  { stem, stages, up }: ResidualFilters,
  channels: number,
  image: Buffer,
  size: Size,
): FeatureMap {
  const first: FeatureMap = {
    ...halved(size),
    channels: stem.n,
    buffer: plan.dense(plan.stemPatches(image, size, channels), outputs(size), stem, true),
  };
  const levels = [first];
  let map = plan.halve(first, 'largest');
  for (const blocks of stages) {
    for (const block of blocks) map = planBlock(plan, block, map);
    levels.push(map);
  }
  for (const [i, [joining, last]] of up.entries()) {
    const skip = levels[up.length - 2 - i];
    const { height, width } = skip ?? size;
    const out = plan.map({ height, width }, joining.n);
    plan.convolution({
      filters: joining,
      up: map,
      nearest: true,
      plain: start((skip ?? map).buffer),
      plainChannels: skip?.channels ?? 0,
      height,
      width,
      out: start(out.buffer),
    });
    map = plan.convolutions(out, [last], true);
  }
  return map;
}

/** Pixels of the stem's map. */
function outputs(size: Size): number {
  const { height, width } = halved(size);
  return height * width;
}

/** relu(f(x) + x), or with a convolution of stride 2 on both sides. x is left as it is: it may be a skip. */
function planBlock(plan: PlanBuilder, { first, second, shortcut }: BlockFilters, x: FeatureMap): FeatureMap {
  const whole = plan.map(x, first.n);
  plan.convolution({
    filters: first,
    plain: start(x.buffer),
    plainChannels: x.channels,
    height: x.height,
    width: x.width,
    out: start(whole.buffer),
  });
  const inner = shortcut === undefined ? whole : plan.halve(whole, 'first');
  plan.convolution({
    filters: second,
    plain: start(inner.buffer),
    plainChannels: inner.channels,
    height: inner.height,
    width: inner.width,
    out: start(inner.buffer),
    relu: false,
  });
  const beside =
    shortcut === undefined
      ? x.buffer
      : plan.dense(plan.halve(x, 'first').buffer, inner.height * inner.width, shortcut);
  plan.addRelu(inner, beside);
  return inner;
}
