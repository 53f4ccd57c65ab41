import type { Limits } from '@d-persona/shared/contract/health.ts';
import { MAX_SAMPLES } from '@d-persona/shared/contract/options.ts';
import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { z } from 'zod';

/** A variable of `wrangler.toml` is text or a number. */
function count(fallback: number) {
  return z.coerce.number().int().min(1).default(fallback);
}

const MiB = 2 ** 20;

/** What an operator can set (`[vars]` in `wrangler.toml`), by the variable's name. */
export const settingsSchema = z.object({
  /** Most bytes of a request body. */
  MAX_BODY_BYTES: count(32 * MiB),
  /** Most bytes of all bodies that are held at once. */
  MAX_HELD_BYTES: count(48 * MiB),
  /** Most pixels of a PNG. */
  MAX_IMAGE_PIXELS: count(4 * MiB),
  /** Most pixels of a JPEG, whose decoder takes about 20 bytes for each and component. */
  MAX_JPEG_PIXELS: count(MiB),
  /** Most frames of a DICOM object. */
  MAX_DICOM_FRAMES: count(4096),
  /** Most instances of a series in one request. */
  MAX_SLICES: count(512),
  /** Most requests that wait for the engine. */
  MAX_QUEUE: count(64),
  /** Vectors M of the prior bank: the paper has 500 at test time. */
  BANK_SIZE: count(500),
  /** Most bytes of all cases that are kept. */
  CASE_BYTES: count(16 * MiB),
  /** How long a case is kept. */
  CASE_SECONDS: count(600),
  /** For how long what the database last said of keys and hospitals is believed while it does not answer. */
  STALE_SECONDS: count(3600),
  /** How long the database may take to answer. */
  DATABASE_TIMEOUT_MS: count(2000),
  /** How long the bucket, or the Durable Object of a hospital, may take to answer. */
  STORE_TIMEOUT_MS: count(10_000),
  /** Requests of one key in a minute. */
  KEY_REQUESTS_PER_MINUTE: count(3000),
  /** Requests of one hospital in a minute. */
  HOSPITAL_REQUESTS_PER_MINUTE: count(6000),
  /** Computing time of one hospital in a minute, seconds, in one isolate. */
  HOSPITAL_CPU_SECONDS_PER_MINUTE: count(120),
  /** Requests of one hospital at once, in one isolate. */
  MAX_HOSPITAL_CONCURRENT: count(48),
  /** Wrong keys from one address in a minute. */
  WRONG_KEYS_PER_MINUTE: count(600),
  /** Origins of web pages that may ask, with spaces between; absent: none but this server's own. */
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(' ').filter((origin) => origin !== '')),
  /** Whether `/metrics` is served: for Prometheus on this machine. */
  PROMETHEUS: z.enum(['on', 'off']).default('off'),
  /** SHA-256 of the operator's key, hex: a secret. Without it there is no operator. */
  OPERATOR_KEY_SHA256: hashSchema.optional(),
  /** A secret from which pseudonyms of patients are made; without it, DICOM annotations are not grouped by patient. */
  PSEUDONYM_SECRET: z.string().min(32).optional(),
  /** What computes: this project's engine, or TensorFlow.js, which it is checked against. */
  ENGINE: z.enum(['wasm', 'tfjs']).default('wasm'),
  /** Most bytes of all releases that are held; what they share counts once. */
  MODEL_BYTES: count(64 * MiB),
  /**
   * Most bytes of releases, arenas, cases, bodies and what is being worked on, together. An isolate has 128 MB, of which
   * the Worker's own code and one answer on its way take the rest.
   */
  MEMORY_BYTES: count(100 * 10 ** 6),
});

export type Settings = z.output<typeof settingsSchema>;

/** What `/v1/health` announces. */
export function announcedLimits(settings: Settings): Limits {
  return {
    body_bytes: settings.MAX_BODY_BYTES,
    image_pixels: { png: settings.MAX_IMAGE_PIXELS, jpeg: settings.MAX_JPEG_PIXELS },
    samples: MAX_SAMPLES,
    queue: settings.MAX_QUEUE,
    case_seconds: settings.CASE_SECONDS,
  };
}
