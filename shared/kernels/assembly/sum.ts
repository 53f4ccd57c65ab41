import { loadLanes, storeLanes, zeros } from './simd';

/** Rows that are added up before their sum is added to the total: long sums keep their digits. */
const GROUP: i32 = 128;

/**
 * out[outer, inner] = scale · Σ over rows of x [outer, rows, inner].
 * @param begin, end outer
 */
export function sumMiddle(x: usize, rows: i32, inner: i32, scale: f32, out: usize, begin: i32, end: i32, worker: i32): void {
  const stride = (<usize>inner) << 2, block = <usize>rows * stride;
  for (let i = begin; i < end; i++) {
    const from = x + <usize>i * block, to = out + <usize>i * stride;
    if (inner == 1) {
      store<f32>(to, scale * sumContiguous(from, rows));
      continue;
    }
    for (let c = 0; c < inner; c += 4) {
      const lanes = min(4, inner - c);
      let total = zeros(), at = from + (<usize>c << 2);
      for (let first = 0; first < rows; first += GROUP) {
        let group = zeros();
        for (let r = min(GROUP, rows - first); r > 0; r--) {
          group = f32x4.add(group, loadLanes(at, lanes));
          at += stride;
        }
        total = f32x4.add(total, group);
      }
      storeLanes(to + (<usize>c << 2), f32x4.mul(total, f32x4.splat(scale)), lanes);
    }
  }
}

/** Sum of floats that lie one after the other. */
function sumContiguous(x: usize, count: i32): f32 {
  let total = zeros();
  for (; count >= 4; ) {
    let group = zeros();
    let vectors = min(GROUP, count >> 2);
    count -= vectors << 2;
    for (; vectors > 0; vectors--) {
      group = f32x4.add(group, v128.load(x));
      x += 16;
    }
    total = f32x4.add(total, group);
  }
  let sum = f32x4.extract_lane(total, 0) + f32x4.extract_lane(total, 1) + (f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3));
  for (; count > 0; count--) {
    sum += load<f32>(x);
    x += 4;
  }
  return sum;
}
