import { PCA } from 'ml-pca';
import type { LatentPlane } from './figure-data.ts';

/** Vectors of the bank that a figure shows: more would hide each other. */
const MOST_SHOWN = 300;

/**
 * The plane of the two directions in which a prior bank varies most, with the bank and the personas' prompts in it.
 *
 * @param bank Z [M, D]
 * @param prompts z_e [R, D]
 */
export function latentPlane(
  title: string,
  bank: readonly (readonly number[])[],
  prompts: readonly (readonly number[])[],
): LatentPlane {
  const rows = (vectors: readonly (readonly number[])[]) => vectors.map((vector) => [...vector]);
  const pca = new PCA(rows(bank));
  const [first = 0, second = 0] = pca.getExplainedVariance();
  const onPlane = (vectors: readonly (readonly number[])[]) =>
    pca
      .predict(rows(vectors), { nComponents: Math.min(2, vectors[0]?.length ?? 2) })
      .to2DArray()
      .map(([x = 0, y = 0]): [number, number] => [x, y]);
  return {
    title,
    bank: onPlane(bank.slice(0, MOST_SHOWN)),
    prompts: onPlane(prompts),
    explained: [first, second],
  };
}
