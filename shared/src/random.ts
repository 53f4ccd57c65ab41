/**
 * Seeded random numbers without global state: xoshiro128** (Blackman & Vigna, 2018), seeded by splitmix32.
 * The state is five plain numbers, so that a checkpoint can hold it and a resumed run draws on as if never stopped.
 */
export class Random {
  readonly #state: Uint32Array;
  /** The second half of the last Box–Muller pair, or NaN. */
  #spare = Number.NaN;

  /** @param seed any integer; its low 32 bits count. */
  constructor(seed: number) {
    this.#state = new Uint32Array(4);
    let s = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      s = (s + 0x9e3779b9) >>> 0;
      let z = s;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      this.#state[i] = (z ^ (z >>> 16)) >>> 0;
    }
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const s = this.#state as Uint32Array & { 0: number; 1: number; 2: number; 3: number };
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.bits() / 4294967296;
  }

  /** Uniform in {0, …, n − 1}. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal (Box–Muller, both halves used). */
  gaussian(): number {
    if (!Number.isNaN(this.#spare)) {
      const value = this.#spare;
      this.#spare = Number.NaN;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** n independent standard normals. */
  gaussians(n: number): Float32Array {
    return Float32Array.from({ length: n }, () => this.gaussian());
  }

  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }

  /** An independent generator named by a label; drawing from it does not move this one. */
  fork(label: string | number): Random {
    let hash = 0x811c9dc5; // FNV-1a over this state and the label
    for (const char of `${this.#state.join(',')}/${label}`) {
      hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193);
    }
    return new Random(hash);
  }

  /** The whole state: four words and the spare normal (null when there is none), for a checkpoint. */
  state(): (number | null)[] {
    return [...this.#state, Number.isNaN(this.#spare) ? null : this.#spare];
  }

  /** The generator that {@link state} described. */
  static fromState(state: readonly (number | null)[]): Random {
    const random = new Random(0);
    for (let i = 0; i < 4; i++) random.#state[i] = state[i] ?? 0;
    random.#spare = state[4] ?? Number.NaN;
    return random;
  }
}
