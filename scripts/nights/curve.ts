import { writeFile } from 'node:fs/promises';
import { renderChart } from '@d-persona/trainer/report/charts/render-chart.ts';
import type { ReaderDice } from './measure.ts';
import type { Reader } from './readers.ts';

/** Dice after each night, of each reader's persona, the consensus and the nearest other persona. */
export class Curve {
  readonly #points: { night: number; reader: string; who: string; dice: number }[] = [];

  add(night: number, { id }: Reader, dice: ReaderDice): void {
    const persona = dice.persona ?? dice.consensus;
    for (const [who, value] of Object.entries({ ...dice, persona }))
      this.#points.push({ night, reader: id, who, dice: value });
  }

  /** Writes it as an SVG. */
  async write(path: string): Promise<void> {
    const chart = await renderChart({
      data: { values: this.#points.map((point) => ({ ...point })) },
      facet: { column: { field: 'reader', title: null } },
      spec: {
        width: 280,
        height: 220,
        mark: { type: 'line', point: true },
        encoding: {
          x: { field: 'night', type: 'ordinal', title: 'night', axis: { labelAngle: 0 } },
          y: { field: 'dice', type: 'quantitative', title: 'Dice on unseen images', scale: { zero: false } },
          color: { field: 'who', type: 'nominal', title: null },
        },
      },
    });
    await writeFile(path, chart.markup);
  }
}
