import { InputError } from '@d-persona/shared/errors.ts';
import { parseJsonOrThrow, parseOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { z } from 'zod';
import { type RunConfig, runConfigSchema } from './config.ts';
import { presets } from './presets.ts';

const REMEDY = 'Correct these settings; `d-persona train --print-config` shows all of them';

/** Parts of a config, as a user gives them: unchecked. */
type Partial = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Partial =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `changes` over `base`, object by object; lists and scalars are replaced. */
function merge(base: Partial, changes: Partial): Partial {
  const merged = Object.entries(changes).map(([key, change]) => {
    const old = base[key];
    return [key, isObject(old) && isObject(change) ? merge(old, change) : change];
  });
  return { ...base, ...Object.fromEntries(merged) };
}

/**
 * `stage1.steps=600` as an object. The value is read as JSON where it is JSON, else as text.
 *
 * @throws InputError when there is no name or no `=`
 */
export function parseSetting(setting: string): Partial {
  const [, path, text] = /^([\w.]+)=(.*)$/s.exec(setting) ?? [];
  if (path === undefined || text === undefined) {
    throw new InputError({
      code: 'bad-setting',
      input: `--set ${setting}`,
      problem: 'is not name=value',
      remedy: 'Write it as in --set stage1.steps=600',
    });
  }
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // Text that is no JSON is meant as text.
  }
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Partial;
}

/**
 * The config of a run: preset, then the file, then single settings, each over the one before.
 *
 * @throws InputError that names every unknown key and wrong value at once
 */
export function buildConfig(preset: RunConfig['preset'], changes: readonly Partial[]): RunConfig {
  const base = { preset, size: 64, consensus: true, checkpointEvery: 200, ...presets[preset] };
  return parseOrThrow(runConfigSchema, changes.reduce(merge, base), 'config', REMEDY);
}

/** Reads a config file's text; its settings are checked when the config is built. @throws InputError when it is no JSON object */
export function parseConfigFile(text: string, path: string): Partial {
  return parseJsonOrThrow(z.record(z.string(), z.unknown()), text, path, REMEDY);
}
