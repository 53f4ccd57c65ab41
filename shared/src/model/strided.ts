import * as tf from '@tensorflow/tfjs-core';
import { convolution } from './convolution.ts';

/*
 * What the residual U-Net needs beside convolutions of stride 1, made of operations whose gradients every backend has.
 * A 3×3 convolution of stride 2 is one of stride 1 of which every second row and column is kept: by Winograd's
 * transform that costs as many products as doing it directly.
 */

/** Rows and columns of zeros after the last, so that both extents are even. */
function evened(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (height % 2 === 0 && width % 2 === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [0, height % 2],
    [0, width % 2],
    [0, 0],
  ]);
}

/** Every second row and column, from the first on. [N,H,W,C] → [N,⌈H/2⌉,⌈W/2⌉,C] */
export function subsample(x: tf.Tensor4D): tf.Tensor4D {
  const even = evened(x);
  const [n, height, width, channels] = even.shape;
  const [rows, columns] = [height / 2, width / 2];
  const first = (pairs: number, size: number, y: tf.Tensor) =>
    tf.slice(tf.reshape(y, [pairs, 2, size]), [0, 0, 0], [pairs, 1, size]);
  const byRows = first(n * rows, width * channels, even);
  return tf.reshape(first(n * rows * columns, channels, byRows), [n, rows, columns, channels]);
}

/** Each pixel four times. [N,H,W,C] → [N,2H,2W,C] */
export function doubleNearest(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const twice = (groups: number, size: number, y: tf.Tensor) => {
    const flat = tf.reshape(y, [groups, 1, size]);
    return tf.concat([flat, flat], 1);
  };
  const wide = twice(n * height * width, channels, x);
  return tf.reshape(twice(n * height, 2 * width * channels, wide), [n, 2 * height, 2 * width, channels]);
}

/** 3×3 max pooling of stride 2 with a border of one. [N,H,W,C] → [N,⌈H/2⌉,⌈W/2⌉,C] */
export function maxPool(x: tf.Tensor4D): tf.Tensor4D {
  return tf.maxPool(x, 3, 2, 1);
}

/**
 * 7×7 convolution of stride 2 with a border of three. With an eighth row and column of zeros in front, the kernel is
 * 4×4 on blocks of 2×2 pixels, and so one product on 16 shifted maps of blocks.
 *
 * @param x [N,H,W,C]
 * @param kernel [7,7,C,to]
 * @returns [N,⌈H/2⌉,⌈W/2⌉,to]
 */
export function stemConvolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D | undefined,
  activation: 'relu' | 'linear',
): tf.Tensor4D {
  const even = evened(x);
  const [n, height, width, channels] = even.shape;
  const [rows, columns] = [height / 2, width / 2];
  const pairs = tf.transpose(tf.reshape(even, [n, rows, 2, columns, 2 * channels]), [0, 1, 3, 2, 4]);
  const blocks = tf.pad(tf.reshape<tf.Rank.R4>(pairs, [n, rows, columns, 4 * channels]), [
    [0, 0],
    [2, 1],
    [2, 1],
    [0, 0],
  ]);
  const shifts = [0, 1, 2, 3].flatMap((y) => [0, 1, 2, 3].map((x) => [y, x] as const));
  const patches = tf.concat(
    shifts.map(([y, x]) => tf.slice(blocks, [0, y, x, 0], [n, rows, columns, 4 * channels])),
    3,
  );
  return convolution(patches, stemMatrix(kernel), bias, activation);
}

/** The kernel in the order of the patches: block row, block column, row, column, channel. [1,1,64·C,to] */
function stemMatrix(kernel: tf.Tensor4D): tf.Tensor4D {
  const [, , channels, to] = kernel.shape;
  const eight = tf.pad(kernel, [
    [1, 0],
    [1, 0],
    [0, 0],
    [0, 0],
  ]);
  const split = tf.transpose(tf.reshape(eight, [4, 2, 4, 2, channels * to]), [0, 2, 1, 3, 4]);
  return tf.reshape(split, [1, 1, 64 * channels, to]);
}
