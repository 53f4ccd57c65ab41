import { loadLanes, madd, nmadd, storeLanes, zeros } from './simd';

/*
 * BatchNorm in training mode over rows (pixels) of channels. Rows are divided into shares, each of which is summed by
 * itself, so that sums are the same whatever the number of threads.
 */

/** Channels rounded up, in bytes: what a vector of them takes in `partial`. */
// @ts-ignore: decorator
@inline
function vectorBytes(channels: i32): usize {
  return (<usize>((channels + 3) & ~3)) << 2;
}

/**
 * Mean of each share of rows, and the sum of squares of distances from it.
 *
 * @param x [rows, channels]
 * @param partial for each share, two vectors of padded(channels)
 * @param begin, end shares
 */
export function batchMoments(x: usize, rows: i32, channels: i32, shareRows: i32, partial: usize, begin: i32, end: i32, worker: i32): void {
  const stride = (<usize>channels) << 2, vector = vectorBytes(channels);
  for (let share = begin; share < end; share++) {
    const first = share * shareRows, count = min(shareRows, rows - first);
    const from = x + <usize>first * stride, to = partial + 2 * <usize>share * vector;
    const part = f32x4.splat(<f32>(1.0 / <f64>count));
    for (let c = 0; c < channels; c += 4) {
      const lanes = min(4, channels - c), offset = <usize>c << 2;
      let sum = zeros(), at = from + offset;
      for (let r = count; r > 0; r--) {
        sum = f32x4.add(sum, loadLanes(at, lanes));
        at += stride;
      }
      const mean = f32x4.mul(sum, part);
      let squares = zeros();
      at = from + offset;
      for (let r = count; r > 0; r--) {
        const d = f32x4.sub(loadLanes(at, lanes), mean);
        squares = madd(d, d, squares);
        at += stride;
      }
      v128.store(to + offset, mean);
      v128.store(to + vector + offset, squares);
    }
  }
}

/** Mean and variance over all rows from those of shares (Chan, Golub & LeVeque, 1979). @param begin, end channels */
export function joinMoments(partial: usize, rows: i32, channels: i32, shareRows: i32, mean: usize, variance: usize, begin: i32, end: i32, worker: i32): void {
  const vector = vectorBytes(channels), shares = (rows + shareRows - 1) / shareRows;
  for (let c = begin; c < end; c++) {
    let total: f64 = 0, at = partial + (<usize>c << 2);
    for (let s = 0; s < shares; s++) total += <f64>load<f32>(at + 2 * <usize>s * vector) * <f64>min(shareRows, rows - s * shareRows);
    const m = total / <f64>rows;
    let squares: f64 = 0;
    for (let s = 0; s < shares; s++) {
      const d = <f64>load<f32>(at + 2 * <usize>s * vector) - m;
      squares += <f64>load<f32>(at + (2 * <usize>s + 1) * vector) + d * d * <f64>min(shareRows, rows - s * shareRows);
    }
    store<f32>(mean + (<usize>c << 2), <f32>m);
    store<f32>(variance + (<usize>c << 2), <f32>(squares / <f64>rows));
  }
}

/**
 * y = max(low, (x − mean)·scale + shift) by channel.
 * @param mean, scale, shift vectors of channels
 * @param begin, end rows
 */
export function normaliseRows(x: usize, channels: i32, mean: usize, scale: usize, shift: usize, low: f32, y: usize, begin: i32, end: i32, worker: i32): void {
  const stride = (<usize>channels) << 2, lowest = f32x4.splat(low);
  for (let c = 0; c < channels; c += 4) {
    const lanes = min(4, channels - c), offset = <usize>c << 2;
    const m = loadLanes(mean + offset, lanes), s = loadLanes(scale + offset, lanes), b = loadLanes(shift + offset, lanes);
    let at = <usize>begin * stride + offset;
    for (let r = begin; r < end; r++) {
      const d = f32x4.sub(loadLanes(x + at, lanes), m);
      storeLanes(y + at, f32x4.pmax(madd(d, s, b), lowest), lanes);
      at += stride;
    }
  }
}

/** δ = ∂L/∂y, 0 where a ReLU is off. @param mask the ReLU's output, or 0 for none */
// @ts-ignore: decorator
@inline
function masked(dy: usize, mask: usize, at: usize, lanes: i32): v128 {
  const d = loadLanes(dy + at, lanes);
  return mask == 0 ? d : v128.and(d, f32x4.gt(loadLanes(mask + at, lanes), zeros()));
}

/**
 * Σδ and Σδ·(x − mean) over each share of rows.
 *
 * @param partial for each share, two vectors of padded(channels)
 * @param begin, end shares
 */
export function batchNormSums(x: usize, dy: usize, mask: usize, mean: usize, rows: i32, channels: i32, shareRows: i32, partial: usize, begin: i32, end: i32, worker: i32): void {
  const stride = (<usize>channels) << 2, vector = vectorBytes(channels);
  for (let share = begin; share < end; share++) {
    const first = share * shareRows, count = min(shareRows, rows - first);
    const to = partial + 2 * <usize>share * vector;
    for (let c = 0; c < channels; c += 4) {
      const lanes = min(4, channels - c), offset = <usize>c << 2;
      const m = loadLanes(mean + offset, lanes);
      let sum = zeros(), product = zeros(), at = <usize>first * stride + offset;
      for (let r = count; r > 0; r--) {
        const d = masked(dy, mask, at, lanes);
        sum = f32x4.add(sum, d);
        product = madd(d, f32x4.sub(loadLanes(x + at, lanes), m), product);
        at += stride;
      }
      v128.store(to + offset, sum);
      v128.store(to + vector + offset, product);
    }
  }
}

/** Sums over all shares, the second times `scale`: ∂L/∂β and ∂L/∂γ. @param begin, end channels */
export function joinSums(partial: usize, shares: i32, channels: i32, scale: usize, first: usize, second: usize, begin: i32, end: i32, worker: i32): void {
  const vector = vectorBytes(channels);
  for (let c = begin; c < end; c++) {
    let a: f64 = 0, b: f64 = 0, at = partial + (<usize>c << 2);
    for (let s = 0; s < shares; s++) {
      a += <f64>load<f32>(at);
      b += <f64>load<f32>(at + vector);
      at += 2 * vector;
    }
    store<f32>(first + (<usize>c << 2), <f32>a);
    store<f32>(second + (<usize>c << 2), <f32>(b * <f64>load<f32>(scale + (<usize>c << 2))));
  }
}

/**
 * ∂L/∂x = scale·(δ − shift − (x − mean)·slope) by channel.
 * @param mean, scale, shift, slope vectors of channels
 * @param begin, end rows
 */
export function batchNormGradient(x: usize, dy: usize, mask: usize, channels: i32, mean: usize, scale: usize, shift: usize, slope: usize, dx: usize, begin: i32, end: i32, worker: i32): void {
  const stride = (<usize>channels) << 2;
  for (let c = 0; c < channels; c += 4) {
    const lanes = min(4, channels - c), offset = <usize>c << 2;
    const m = loadLanes(mean + offset, lanes), s = loadLanes(scale + offset, lanes);
    const b = loadLanes(shift + offset, lanes), k = loadLanes(slope + offset, lanes);
    let at = <usize>begin * stride + offset;
    for (let r = begin; r < end; r++) {
      const d = f32x4.sub(masked(dy, mask, at, lanes), b);
      storeLanes(dx + at, f32x4.mul(s, nmadd(f32x4.sub(loadLanes(x + at, lanes), m), k, d)), lanes);
      at += stride;
    }
  }
}
