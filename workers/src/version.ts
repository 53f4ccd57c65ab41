import packageJson from '../package.json' with { type: 'json' };

/** Of the software; every answer names it. */
export const VERSION = packageJson.version;
export const SOFTWARE = `d-persona/${VERSION}`;
