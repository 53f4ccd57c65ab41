import type { Observed } from './histogram.ts';

/** Counts for each pixel how many personas outline it: what they have in common, and how much they disagree. */
export class Votes {
  #votes: Uint8Array | undefined;
  #personas = 0;

  /** @param map probabilities of one persona, H·W in [0, 1] */
  add(map: ArrayLike<number>): void {
    this.#votes ??= new Uint8Array(map.length);
    const votes = this.#votes;
    for (let i = 0; i < votes.length; i++) if ((map[i] as number) >= 0.5) votes[i] = (votes[i] as number) + 1;
    this.#personas++;
  }

  /**
   * `area`: share of the pixels that at least half of the personas outline. `disagreement`: 1 − Dice over all pairs of
   * personas together, Σ v(v−1) / ((R−1) Σ v) for v votes on a pixel; 0 where all are empty. Nothing for fewer than two.
   */
  observed(): Observed {
    const [votes, personas] = [this.#votes, this.#personas];
    if (votes === undefined || personas < 2) return {};
    let [sum, agreeing, most] = [0, 0, 0];
    for (const vote of votes) {
      sum += vote;
      agreeing += vote * (vote - 1);
      if (2 * vote >= personas) most++;
    }
    const dice = sum === 0 ? 1 : agreeing / ((personas - 1) * sum);
    return { area: most / votes.length, disagreement: 1 - dice };
  }
}
